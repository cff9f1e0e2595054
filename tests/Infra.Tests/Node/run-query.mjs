// Reads {"query", "document"} from standard input and prints the JSON that a JMESPath query makes of the document, as az does.
import { readFileSync } from 'node:fs';
import jmespath from 'jmespath';

const { query, document } = JSON.parse(readFileSync(0, 'utf8'));
console.log(JSON.stringify(jmespath.search(document, query)));
