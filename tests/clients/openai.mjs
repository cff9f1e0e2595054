import OpenAI, { AzureOpenAI } from 'openai';
import { apiKey, baseURL, messages, mode, model, parameters, report } from './settings.mjs';

const openai = new OpenAI({ baseURL, apiKey, maxRetries: 0 });
const tools = [{ type: 'function', function: { name: 'get_weather', parameters } }];

const modes = {
  async stream(client = openai, asked = { model }) {
    const result = { chunks: 0, text: '', finish: [], usage: null };
    const stream = await client.chat.completions.create({ ...asked, messages, stream: true });
    for await (const chunk of stream) {
      result.chunks++;
      result.text += chunk.choices[0]?.delta?.content ?? '';
      if (chunk.choices[0]?.finish_reason) result.finish.push(chunk.choices[0].finish_reason);
      result.usage ??= chunk.usage;
    }
    return result;
  },

  async usage() {
    const stream = await openai.chat.completions.create({ model, messages, stream: true, stream_options: { include_usage: true } });
    const chunks = await all(stream);
    return { usage: chunks.at(-1).usage, choices: chunks.at(-1).choices.length };
  },

  // The client's own accumulation of pieces.
  async tools() {
    const completion = await openai.chat.completions.stream({ model, messages, tools }).finalChatCompletion();
    const { message, finish_reason } = completion.choices[0];
    return { finish: finish_reason, calls: message.tool_calls.map((call) => [call.id, call.function.name, call.function.arguments]) };
  },

  // The client calls the tool, sends its result, and gets the answer.
  async round() {
    const seen = [];
    const runner = openai.chat.completions.runTools({
      model,
      messages,
      stream: true,
      tools: [{ type: 'function', function: { name: 'get_weather', description: 'A tool of a test.', parameters, parse: JSON.parse, function: (values) => { seen.push(values); return 'It rains.'; } } }],
    });
    return { text: await runner.finalContent(), seen };
  },

  async whole() {
    const { data, response, request_id } = await openai.chat.completions.create({ model, messages }).withResponse();
    return { text: data.choices[0].message.content, finish: data.choices[0].finish_reason, usage: data.usage, requestId: request_id, header: response.headers.get('x-request-id') };
  },

  async models() {
    const listed = await openai.models.list();
    return { listed: listed.data.map((one) => one.id), one: (await openai.models.retrieve(model)).id };
  },

  // Names no model, because the class would put it into the path as a deployment; the caller's default model answers.
  async azure() {
    return modes.stream(new AzureOpenAI({ baseURL, apiKey, apiVersion: '2024-10-21', maxRetries: 0 }), {});
  },

  async abort() {
    const stream = await openai.chat.completions.create({ model, messages, stream: true });
    for await (const chunk of stream) {
      if (chunk.choices[0]?.delta?.content) break;
    }
    return { aborted: stream.controller.signal.aborted };
  },
};

async function all(stream) {
  const chunks = [];
  for await (const chunk of stream) chunks.push(chunk);
  return chunks;
}

try {
  report(await modes[mode]());
} catch (e) {
  report({ error: e.constructor.name, status: e.status ?? null, code: e.code ?? null });
}
