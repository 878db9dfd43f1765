/**
 * Mutants that nobody could notice, and why: by file, mutator and the text replaced; by the replacement,
 * too, where another one would be noticed. `npm run test:mutation` does not count them, and fails over
 * an entry that names nothing.
 */
module.exports = [
	{
		file: 'nodes/ZohoCrmUnblockEmail/plan.ts',
		mutator: 'MethodExpression',
		original: 'outcomes.filter(isFailure)',
		replacement: 'outcomes',
		why: 'A success has no reach, so it never ends the run; the filter tells the compiler.',
	},
	{
		file: 'nodes/ZohoCrmUnblockEmail/plan.ts',
		mutator: 'StringLiteral',
		original: "'unclear'",
		replacement: '""',
		why: 'What a single record is told in its own entry: its reach is only compared with those of a record, a call, the account and the rest.',
	},
	{
		file: 'nodes/ZohoCrmUnblockEmail/queue.ts',
		mutator: 'ArrayDeclaration',
		original: '[]',
		replacement: '["Stryker was here"]',
		why: 'No record has this ID, so nobody is left out for it.',
	},
	{
		file: 'nodes/ZohoCrmUnblockEmail/queue.ts',
		mutator: 'OptionalChaining',
		original: 'this.last?.group',
		replacement: 'this.last.group',
		why: 'Asked only for a call that is dropped, and calls are dropped only once there is a last one.',
	},
	{
		file: 'nodes/ZohoCrmUnblockEmail/records.ts',
		mutator: 'ConditionalExpression',
		original: 'ids.length > 1',
		replacement: 'true',
		why: 'Spares a set for each item that names one record: in one ID nothing is named again.',
	},
	{
		file: 'nodes/ZohoCrmUnblockEmail/records.ts',
		mutator: 'EqualityOperator',
		original: 'ids.length > 1',
		replacement: 'ids.length >= 1',
		why: 'Spares a set for each item that names one record: in one ID nothing is named again.',
	},
	{
		file: 'nodes/ZohoCrmUnblockEmail/records.ts',
		mutator: 'OptionalChaining',
		original: 'view?.failure',
		replacement: 'view.failure',
		why: 'Only a view that has failed by its name is none, and then its failure is taken before.',
	},
	{
		file: 'nodes/ZohoCrmUnblockEmail/records.ts',
		mutator: 'OptionalChaining',
		original: 'view?.cutOff',
		replacement: 'view.cutOff',
		why: 'Only a view that has failed by its name is none, and then its failure is taken before.',
	},
	{
		file: 'nodes/ZohoCrmUnblockEmail/records.ts',
		mutator: 'OptionalChaining',
		original: 'view?.isRead',
		replacement: 'view.isRead',
		why: 'Only a view that has failed by its name is none, and then its failure is taken before.',
	},
	{
		file: 'nodes/ZohoCrmUnblockEmail/records.ts',
		mutator: 'StringLiteral',
		original: "''",
		replacement: '"Stryker was here!"',
		why: 'The ID in the result of a view: it names no record, and is not shown.',
	},
	{
		file: 'nodes/ZohoCrmUnblockEmail/modules.ts',
		mutator: 'ConditionalExpression',
		original: 'isFailure(reply)',
		replacement: 'false',
		why: 'A failure has no body, in which no modules are found either.',
	},
	{
		file: 'nodes/ZohoCrmUnblockEmail/modules.ts',
		mutator: 'ArrayDeclaration',
		original: '[]',
		replacement: '["Stryker was here"]',
		why: 'In place of a list of modules that Zoho did not send: an entry without fields is passed over as unusable.',
	},
	{
		file: 'nodes/ZohoCrmUnblockEmail/isolation.ts',
		mutator: 'ConditionalExpression',
		original: 'left === 0 && this.untold.length === 0',
		replacement: 'false',
		why: 'Spares the search for the best size where nothing is left: what comes next finds nothing to send either.',
	},
];
