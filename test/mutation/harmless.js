/**
 * Mutants that nobody could notice, and why: by file, mutator and the text replaced; by the replacement,
 * too, where another one would be noticed. `npm run test:mutation` does not count them, and fails over
 * an entry that names nothing.
 */
const ofEndedPlan = [
	'nodes/ZohoCrmUnblockEmail/ZohoCrmUnblockEmail.node.ts',
	'nodes/ZohoCampaignsDoNotMail/ZohoCampaignsDoNotMail.node.ts',
].flatMap((file) => {
	const reason =
		'A plan that was ended before it began hands out no call, so this is for types alone.';
	return [
		{
			file,
			mutator: 'ConditionalExpression',
			original: 'isFailure(connection)',
			replacement: 'false',
			reason,
		},
		{ file, mutator: 'ObjectLiteral', original: '{ reply: connection, requests: 0 }', reason },
	];
});

module.exports = [
	...ofEndedPlan,
	{
		file: 'nodes/ZohoCrmUnblockEmail/ZohoCrmUnblockEmail.node.ts',
		mutator: 'ConditionalExpression',
		original: 'over',
		replacement: 'true',
		reason: 'To end a plan for no reason (undefined) changes nothing in it.',
	},
	{
		file: 'nodes/ZohoCrmUnblockEmail/ZohoCrmUnblockEmail.node.ts',
		mutator: 'StringLiteral',
		original: "'ids'",
		replacement: '""',
		reason:
			'What a tool has in place of the parameter; all that counts is that it is not customView.',
	},
	{
		file: 'nodes/zoho/hosts.ts',
		mutator: 'BlockStatement',
		original: '{\n\t\treturn undefined;\n\t}',
		reason: 'A function that comes to its end without a return returns undefined as well.',
	},
	{
		file: 'nodes/zoho/scopes.ts',
		mutator: 'StringLiteral',
		original: "''",
		replacement: '"Stryker was here!"',
		reason: 'It stands for no custom scopes at all; the replacement names none that is looked for.',
	},
	{
		file: 'nodes/n8n/dataTable.ts',
		mutator: 'ArrowFunction',
		original: '() => (isLooking = false)',
		reason: 'Once the table is found or refused, the rounds that are left pass without a wait.',
	},
	{
		file: 'nodes/n8n/dataTable.ts',
		mutator: 'BooleanLiteral',
		original: 'false',
		replacement: 'true',
		reason: 'The same, of `isLooking`.',
	},
	{
		file: 'nodes/n8n/dataTable.ts',
		mutator: 'EqualityOperator',
		original: 'ms < mostMs',
		replacement: 'ms <= mostMs',
		reason: 'A table that does not answer for seconds is waited for 200 ms longer.',
	},
	{
		file: 'nodes/n8n/execution.ts',
		mutator: 'EqualityOperator',
		original: 'control.now() >= until',
		replacement: 'control.now() > until',
		reason: 'A slice that ends in the very microsecond may hold one item more.',
	},
	{
		file: 'nodes/n8n/execution.ts',
		mutator: 'EqualityOperator',
		original: 'now() < until',
		replacement: 'now() <= until',
		reason: 'The same, of a list.',
	},
	{
		file: 'nodes/n8n/token.ts',
		mutator: 'LogicalOperator',
		original: 'reply && isFailure(reply)',
		reason: 'A reply that is no failure has no `reach`, which is asked for next.',
	},
	{
		file: 'nodes/n8n/transport.ts',
		mutator: 'ArrowFunction',
		original: '() => false',
		reason: 'Asked only whether it is so, nothing is no as well.',
	},
	{
		file: 'nodes/n8n/transport.ts',
		mutator: 'StringLiteral',
		original: "''",
		reason:
			'The body of a 401 that n8n throws although it was told to throw nothing: no refusal in either.',
	},
	{
		file: 'nodes/zoho/json.ts',
		mutator: 'BlockStatement',
		original: '{\n\t\treturn undefined;\n\t}',
		reason:
			'A function that ends without `return` gives undefined as well; TypeScript wants it said.',
	},
	{
		file: 'nodes/zoho/waits.ts',
		mutator: 'ConditionalExpression',
		original: '!text',
		replacement: 'false',
		reason:
			'Neither no text nor an empty one has digits or a time of day, so it is no wait below either.',
	},
	{
		file: 'nodes/zoho/waits.ts',
		mutator: 'StringLiteral',
		original: "''",
		reason: 'Stands for a header that is not there: neither it nor any other word is JSON.',
	},
	{
		file: 'nodes/zoho/waits.ts',
		mutator: 'ArrayDeclaration',
		original: '[]',
		reason: 'Stands for a header without a list: a text in it is no limit, and is filtered out.',
	},
	{
		file: 'nodes/ZohoCampaignsDoNotMail/limitWait.ts',
		mutator: 'StringLiteral',
		original: "''",
		replacement: '"Stryker was here!"',
		reason:
			'Only a table that failed is told of in these words, and sharedBudget.ts always gives them then.',
	},
	{
		file: 'nodes/ZohoCampaignsDoNotMail/plan.ts',
		mutator: 'ConditionalExpression',
		original: 'lost',
		replacement: 'true',
		reason: 'An address whose outcome is undefined is one that has none, to all who ask.',
	},
	{
		file: 'nodes/limit/claim.ts',
		mutator: 'EqualityOperator',
		original: 'one.id < other.id',
		replacement: 'one.id <= other.id',
		reason: 'No two rows of a table have the same id, and none is compared with itself.',
	},
	{
		file: 'nodes/limit/learnedShare.ts',
		mutator: 'ObjectLiteral',
		original: '{ at: -Infinity, isOn: false }',
		replacement: '{}',
		reason: 'Undefined is as off as false, and the time is read only once a lock has set it.',
	},
	{
		file: 'nodes/limit/learnedShare.ts',
		mutator: 'UnaryOperator',
		original: '-Infinity',
		replacement: '+Infinity',
		reason: 'The time is read only once a lock has set it.',
	},
	{
		file: 'nodes/limit/leaseTable.ts',
		mutator: 'EqualityOperator',
		original: 'row.id > id',
		replacement: 'row.id >= id',
		reason: 'This is the own row, and would be given the time that it has.',
	},
	{
		file: 'nodes/limit/leftovers.ts',
		mutator: 'ArrayDeclaration',
		original: '[]',
		replacement: '["Stryker was here"]',
		reason: 'Nothing is removed below ten rows, and each look at the table replaces them all.',
	},
];
