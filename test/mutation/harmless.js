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
];
