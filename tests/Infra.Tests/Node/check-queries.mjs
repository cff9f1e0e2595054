// Reads a JSON array of Kusto queries from standard input and prints what the language service finds in them, one
// finding a line: the syntax, and every column and function against the tables that the queries may read.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
require('@kusto/language-service-next/bridge.js');
require('@kusto/language-service-next/Kusto.Language.Bridge.js');
const { Kusto } = globalThis;

// The columns that are used, as documented at learn.microsoft.com/azure/azure-monitor/reference/tables (2026-11-22).
const tables = {
  AppRequests: 'TimeGenerated: datetime, ResultCode: string, Success: bool, DurationMs: real, Url: string, Name: string',
  AppTraces: 'TimeGenerated: datetime, Message: string, Properties: dynamic, SeverityLevel: int, AppRoleName: string',
  _LogOperation: 'TimeGenerated: datetime, Category: string, Operation: string, Level: string, Detail: string',
  AZKVAuditLogs: 'TimeGenerated: datetime, OperationName: string, HttpStatusCode: int, ResultSignature: string',
};

const { DatabaseSymbol, TableSymbol } = Kusto.Language.Symbols;
const database = new DatabaseSymbol.ctor(
  'workspace',
  Object.entries(tables).map(([name, columns]) => new TableSymbol.$ctor7(name, `(${columns})`, null)),
);
const globals = Kusto.Language.GlobalState.Default.WithDatabase(database);

for (const query of JSON.parse(readFileSync(0, 'utf8'))) {
  const findings = Kusto.Language.KustoCode.ParseAndAnalyze(query, globals).GetDiagnostics();
  for (let i = 0; i < findings.Count; i++) {
    console.log(`${findings.getItem(i).Code}: ${findings.getItem(i).Message}`);
  }
}
