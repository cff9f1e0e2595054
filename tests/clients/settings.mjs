// What each script gets: where the gateway is, and what to ask. Each writes one line of JSON, which the C# test looks at.
export const baseURL = `${process.env.GATEWAY_URL}v1`;
export const apiKey = process.env.GATEWAY_KEY;
export const model = process.env.GATEWAY_MODEL;

export const [mode, content] = process.argv.slice(2);
export const messages = [{ role: 'user', content }];

export const parameters = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] };

export function report(result) {
  process.stdout.write(`${JSON.stringify(result)}\n`);
}
