import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { jsonSchema, stepCountIs, streamText, tool } from 'ai';
import { apiKey, baseURL, messages, model, parameters, report } from './settings.mjs';

const provider = createOpenAICompatible({ name: 'gateway', baseURL, apiKey, includeUsage: true });
const seen = [];
const errors = [];
const result = streamText({
  model: provider(model),
  messages,
  maxRetries: 0,
  stopWhen: stepCountIs(3),
  tools: {
    get_weather: tool({ description: 'A tool of a test.', inputSchema: jsonSchema(parameters), execute: (values) => { seen.push(values); return 'It rains.'; } }),
  },
  onError: ({ error }) => errors.push(error.name ?? 'error'),
});

let text = '';
for await (const part of result.fullStream) {
  if (part.type === 'text-delta') text += part.text;
  if (part.type === 'error' && errors.length === 0) errors.push('error');
}

const finish = errors.length === 0 ? await result.finishReason : null;
const usage = errors.length === 0 ? await result.totalUsage : null;
report({ text, seen, errors, finish, tokens: usage?.totalTokens ?? null });
