import { dataTable, idOf, subWorkflow, valuesOf, where } from '../../nodes/n8n/subWorkflow';

const workflow = () =>
	subWorkflow('Name', [dataTable({ a: 1 }), dataTable({ b: 2 }, { executeOnce: false })]);

describe('a sub-workflow', () => {
	it('is a trigger that passes its items on, and the nodes behind it in a row', () => {
		const { name, nodes, connections } = workflow();

		expect(name).toBe('Name');
		expect(
			nodes?.map(({ type, typeVersion, parameters }) => [type, typeVersion, parameters]),
		).toEqual([
			['n8n-nodes-base.executeWorkflowTrigger', 1.1, { inputSource: 'passthrough' }],
			['n8n-nodes-base.dataTable', 1.1, { a: 1 }],
			['n8n-nodes-base.dataTable', 1.1, { b: 2 }],
		]);
		const names = nodes?.map((node) => node.name) ?? [];
		const to = (node: string | undefined) => ({ main: [[{ node, type: 'main', index: 0 }]] });
		expect(connections).toEqual({ [names[0]!]: to(names[1]), [names[1]!]: to(names[2]) });
	});

	it('has nodes that n8n can tell apart, each in its place', () => {
		const { nodes = [] } = workflow();
		for (const key of ['id', 'name'] as const) {
			expect(new Set(nodes.map((node) => node[key])).size).toBe(3);
			expect(nodes.every((node) => node[key] !== '')).toBe(true);
		}
		expect(nodes.map(({ position }) => position)).toEqual([
			[0, 0],
			[200, 0],
			[400, 0],
		]);
	});

	it('leaves no execution in the list, whatever the calling workflow keeps', () => {
		expect(workflow().settings).toEqual({
			executionOrder: 'v1',
			saveDataSuccessExecution: 'none',
			saveDataErrorExecution: 'none',
			saveManualExecutions: false,
			saveExecutionProgress: false,
			callerPolicy: 'workflowsFromSameOwner',
		});
	});

	it('is made anew each time, since n8n writes into it', () => {
		expect(workflow().nodes?.[0]).not.toBe(workflow().nodes?.[0]);
	});
});

describe('a Data Table node', () => {
	it('runs once and goes on, whatever comes in and out, unless told otherwise', () => {
		expect(dataTable({})).toMatchObject({ executeOnce: true, alwaysOutputData: true });
		expect(dataTable({}, { retryOnFail: true, executeOnce: false })).toMatchObject({
			executeOnce: false,
			alwaysOutputData: true,
			retryOnFail: true,
		});
	});

	it('is told its table, its values and its conditions as the editor stores them', () => {
		expect(idOf('7')).toEqual({ __rl: true, mode: 'id', value: '7' });
		expect(valuesOf({ a: 1 })).toEqual({
			mappingMode: 'defineBelow',
			value: { a: 1 },
			matchingColumns: [],
			schema: [],
		});
		expect(where('anyCondition', [['id', 1]])).toEqual({
			matchType: 'anyCondition',
			filters: { conditions: [{ keyName: 'id', condition: 'eq', keyValue: 1 }] },
		});
	});
});
