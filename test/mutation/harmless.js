/**
 * Mutants that nobody could notice, and why: by file, mutator and the text replaced; by the replacement,
 * too, where another one would be noticed. `npm run test:mutation` does not count them, and fails over
 * an entry that names nothing.
 */
module.exports = [
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
