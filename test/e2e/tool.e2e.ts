import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { IDataObject, INode } from 'n8n-workflow';
import { failure } from '../../nodes/zoho/failures';
import { CREDENTIAL_TYPE } from '../fake-zoho';
import { say } from './say';
import { connect, CREDENTIAL_NAME, lead, LEADS, setStage, type Stage } from './stage';
import { itemsOf, type WorkflowFile } from './workflow';

interface Tool {
	function: { name: string; description: string; parameters: { properties: IDataObject } };
}

interface ChatRequest {
	tools: Tool[];
	messages: Array<{ role: string; content: string }>;
}

let stage: Stage;
let credential: string;
let model: Server;
/** What n8n asked of the language model. */
let asked: ChatRequest[];
/** What the language model makes of the tool that it is given. */
let choose: (tool: Tool) => IDataObject;

beforeAll(async () => {
	stage = await setStage();
	credential = await connect(stage);
	// A language model that calls the tool it is given, once, and then says what came of it.
	model = createServer(async (request, response) => {
		const body: Buffer[] = [];
		for await (const chunk of request) body.push(chunk as Buffer);
		const chat = JSON.parse(Buffer.concat(body).toString()) as ChatRequest;
		asked.push(chat);
		const [tool] = chat.tools;
		const result = chat.messages.find(({ role }) => role === 'tool');
		const message =
			result === undefined && tool !== undefined
				? {
						content: null,
						tool_calls: [
							{
								id: 'call_1',
								type: 'function',
								function: { name: tool.function.name, arguments: JSON.stringify(choose(tool)) },
							},
						],
					}
				: { content: `The tool said: ${result?.content}` };
		response.writeHead(200, { 'content-type': 'application/json' }).end(
			JSON.stringify({
				id: 'chat-1',
				object: 'chat.completion',
				created: 0,
				model: 'embedded',
				choices: [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', ...message } }],
				usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
			}),
		);
	}).listen(0, '127.0.0.1');
	await once(model, 'listening');
});
afterAll(async () => {
	model?.close();
	await stage?.remove();
});
beforeEach(() => {
	asked = [];
});

/** An agent with one of our nodes as its only tool. */
async function runAgent(tool: string, parameters: INode['parameters']) {
	const { n8n } = stage;
	const url = `http://127.0.0.1:${(model.address() as AddressInfo).port}/v1`;
	const openAi = await n8n.createCredential('Model', 'openAiApi', { apiKey: 'none', url });
	const node = (
		name: string,
		type: string,
		typeVersion: number,
		more: Partial<INode> = {},
	): INode => ({
		id: name,
		name,
		type,
		typeVersion,
		position: [0, 0],
		parameters: {},
		...more,
	});
	const workflow: WorkflowFile = {
		name: `An agent with ${tool}`,
		nodes: [
			node('Start', 'n8n-nodes-base.manualTrigger', 1),
			node('Agent', '@n8n/n8n-nodes-langchain.agent', 3.1, {
				parameters: { promptType: 'define', text: 'Do it.' },
			}),
			node('Model', '@n8n/n8n-nodes-langchain.lmChatOpenAi', 1.2, {
				parameters: { model: { __rl: true, mode: 'id', value: 'embedded' } },
				credentials: { openAiApi: { id: openAi, name: 'Model' } },
			}),
			node('Tool', `n8n-nodes-zoho-email-hygiene.${tool}`, 1, {
				parameters,
				credentials: { [CREDENTIAL_TYPE]: { id: credential, name: CREDENTIAL_NAME } },
			}),
		],
		connections: {
			Start: { main: [[{ node: 'Agent', type: 'main', index: 0 }]] },
			Model: { ai_languageModel: [[{ node: 'Agent', type: 'ai_languageModel', index: 0 }]] },
			Tool: { ai_tool: [[{ node: 'Agent', type: 'ai_tool', index: 0 }]] },
		},
		// As the editor sets it; in the old order the agent goes on before its tool has run.
		settings: { executionOrder: 'v1' },
	};
	const execution = await n8n.execute(await n8n.importWorkflow(workflow), 'Start');
	const described = asked[0]?.tools[0]?.function;
	say(`the agent was given: ${JSON.stringify(described)}`);
	const [answer] = itemsOf(execution, 'Agent');
	say(`the agent ended with: ${JSON.stringify(answer?.json)}`);
	return { execution, described, answer: String(answer?.json.output) };
}

describe('as n8n drops it in, with nothing set', () => {
	test('Zoho CRM Unblock Email is filled in by the agent, which is told what it does and what it cannot undo', async () => {
		choose = () => ({ Record_IDs: `${lead(7)}, ${lead(8)}` });
		const { execution, described, answer } = await runAgent('zohoCrmUnblockEmailTool', {});

		expect(execution.status).toBe('success');
		expect(described?.parameters.properties).toEqual({
			Record_IDs: { type: 'string', description: expect.stringContaining('separated by commas') },
		});
		expect(described?.description).toMatch(
			/Unblock .*temporarily bounced.* five times .* taken back.* The answer has/,
		);
		for (const id of [lead(7), lead(8)]) {
			expect(answer).toContain(id);
			expect(stage.zoho.crm.get('Leads', id)).toMatchObject({
				email: 'unblocked',
				timesUnblocked: 1,
			});
		}
	});

	test('Zoho Campaigns Do-Not-Mail is filled in by the agent, which is told what it does and what it cannot undo', async () => {
		choose = () => ({ Email: 'agent@example.com' });
		const { execution, described, answer } = await runAgent('zohoCampaignsDoNotMailTool', {});

		expect(execution.status).toBe('success');
		expect(described?.parameters.properties).toMatchObject({ Email: { type: 'string' } });
		expect(described?.description).toMatch(/Do-Not-Mail .* cannot take it out .* The answer is/);
		expect(answer).toContain('moved');
		expect(stage.zoho.campaigns.registry.get('agent@example.com')?.moved).toBe(1);
	});

	test.each([
		[
			'zohoCrmUnblockEmailTool',
			{ Record_IDs: `${LEADS.hard}, ${lead(9)}, ${LEADS.missing}, ${lead(99_999)}` },
			['permanentlyBlocked', 'recordNotFound'],
		],
		['zohoCampaignsDoNotMailTool', { Email: 'nobody' }, ['invalidEmail']],
	] as const)(
		'%s answers failures in few words, each resolution once',
		async (tool, given, reasons) => {
			choose = () => given;
			const { execution, answer } = await runAgent(tool, {});

			expect(execution.status).toBe('success');
			for (const reason of reasons) {
				const { resolution } = failure(reason, { message: '' });
				expect(answer).toContain(reason);
				expect(answer.split(JSON.stringify(resolution))).toHaveLength(2);
			}
			expect(answer.length).toBeLessThan(1500);
		},
	);
});
