import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { IDataObject, INode } from 'n8n-workflow';
import { CREDENTIAL_TYPE } from '../fake-zoho';
import { say } from './say';
import { connect, CREDENTIAL_NAME, lead, setStage, type Stage } from './stage';
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
			node('Agent', '@n8n/n8n-nodes-langchain.agent', 2, {
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
	};
	const execution = await n8n.execute(await n8n.importWorkflow(workflow), 'Start');
	const described = asked[0]?.tools[0]?.function;
	say(`the agent was given: ${JSON.stringify(described)}`);
	const [answer] = itemsOf(execution, 'Agent');
	say(`the agent ended with: ${JSON.stringify(answer?.json)}`);
	return { execution, described, answer: String(answer?.json.output) };
}

test('an agent can fill and run Zoho CRM Unblock Email', async () => {
	choose = () => ({ Module: 'Leads', Record_IDs: `${lead(7)}, ${lead(8)}` });
	const { execution, described, answer } = await runAgent('zohoCrmUnblockEmailTool', {
		toolDescription: 'Lift the soft-bounce block from records',
		module: { __rl: true, mode: 'name', value: "={{ $fromAI('Module', 'API name', 'string') }}" },
		recordIds: "={{ $fromAI('Record_IDs', 'The IDs, separated by commas', 'string') }}",
	});
	expect(execution.status).toBe('success');
	expect(described?.parameters.properties).toMatchObject({
		Module: { type: 'string', description: 'API name' },
		Record_IDs: { type: 'string', description: 'The IDs, separated by commas' },
	});
	for (const id of [lead(7), lead(8)]) {
		expect(answer).toContain(id);
		expect(stage.zoho.crm.get('Leads', id)).toMatchObject({
			email: 'unblocked',
			timesUnblocked: 1,
		});
	}
});

test('an agent can fill and run Zoho Campaigns Do-Not-Mail', async () => {
	choose = () => ({ Email: 'agent@example.com' });
	const { execution, described, answer } = await runAgent('zohoCampaignsDoNotMailTool', {
		toolDescription: 'Put an address into Do-Not-Mail',
		email: "={{ $fromAI('Email', 'The address', 'string') }}",
	});
	expect(execution.status).toBe('success');
	expect(described?.parameters.properties).toMatchObject({ Email: { type: 'string' } });
	expect(answer).toContain('moved');
	expect(stage.zoho.campaigns.registry.get('agent@example.com')?.moved).toBe(1);
});
