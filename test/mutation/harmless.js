/**
 * Mutants that nobody could notice, and why: by file, mutator and the text replaced; by the replacement,
 * too, where another one would be noticed. `npm run check -- mutation` does not count them, and fails over
 * an entry that names nothing.
 */
const ofEndedPlan = [
	'nodes/ZohoCrmUnblockEmail/ZohoCrmUnblockEmail.node.ts',
	'nodes/ZohoCampaignsDoNotMail/ZohoCampaignsDoNotMail.node.ts',
	'nodes/ZohoCrmUnblockEmail/source.ts',
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
			'Only a table that failed is told of in these words, and leases.ts always gives them then.',
	},
	{
		file: 'nodes/ZohoCampaignsDoNotMail/plan.ts',
		mutator: 'ConditionalExpression',
		original: 'lost',
		replacement: 'true',
		reason: 'An address whose outcome is undefined is one that has none, to all who ask.',
	},
	{
		file: 'nodes/limit/budget.ts',
		mutator: 'StringLiteral',
		original: "'unanswered'",
		reason: 'A call that tells of no lock and was not let in is unanswered, whatever it is called.',
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
		file: 'nodes/limit/leases.ts',
		mutator: 'EqualityOperator',
		original: 'now >= this.pause.until',
		replacement: 'now > this.pause.until',
		reason:
			'In that very moment what nobody waits for is told at once, and not along with a claim.',
	},
	{
		file: 'nodes/limit/leases.ts',
		mutator: 'StringLiteral',
		original: "''",
		reason: 'Told only after three trips that failed, each of which has said something.',
	},
	{
		file: 'nodes/limit/leases.ts',
		mutator: 'ArrayDeclaration',
		original: '[]',
		replacement: '["Stryker was here"]',
		reason: 'Nothing is removed below ten rows, and each look at the table replaces them all.',
	},
	{
		file: 'nodes/limit/turns.ts',
		mutator: 'ObjectLiteral',
		original: '{ callsPerWindow: 1, windowMs: 0, longestCallMs: 0 }',
		reason: 'A run that joins says what holds before anybody asks.',
	},
	{
		file: 'nodes/limit/turns.ts',
		mutator: 'ConditionalExpression',
		original: '!this.runs.has(run)',
		replacement: 'true',
		reason: 'A run that is there joins without any effect: it only takes longer.',
	},
	{
		file: 'nodes/run/driver.ts',
		mutator: 'ConditionalExpression',
		original: "next.do === 'wait'",
		replacement: 'true',
		reason: 'What comes later has no `why`; the condition tells the compiler.',
	},
	{
		file: 'nodes/ZohoCrmUnblockEmail/plan.ts',
		mutator: 'MethodExpression',
		original: 'all.filter(isFailure)',
		replacement: 'all',
		reason: 'A success has no reach, so it never ends the run; the filter tells the compiler.',
	},
	{
		file: 'nodes/ZohoCrmUnblockEmail/plan.ts',
		mutator: 'StringLiteral',
		original: "'unclear'",
		replacement: '""',
		reason:
			'What a single record is told in its own entry: its reach is only compared with those of a record, a call, the account and the rest.',
	},
	{
		file: 'nodes/ZohoCrmUnblockEmail/plan.ts',
		mutator: 'ConditionalExpression',
		original: 'part',
		replacement: 'true',
		reason: 'To a search no batch is one that it does not know; the condition tells the compiler.',
	},
	{
		file: 'nodes/ZohoCrmUnblockEmail/queue.ts',
		mutator: 'ConditionalExpression',
		original: 'other.group === group',
		replacement: 'false',
		reason: 'Spares the comparison of batches of one group, which have no record in common.',
	},
	{
		file: 'nodes/ZohoCrmUnblockEmail/outcomes.ts',
		mutator: 'ConditionalExpression',
		original: 'ids.length === 1',
		replacement: 'false',
		reason:
			'A call of one record is as lost in a set of its own, which takes more time to look into.',
	},
	{
		file: 'nodes/ZohoCrmUnblockEmail/records.ts',
		mutator: 'ConditionalExpression',
		original: 'ids.length > 1',
		replacement: 'true',
		reason: 'Spares a set for each item that names one record: in one ID nothing is named again.',
	},
	{
		file: 'nodes/ZohoCrmUnblockEmail/records.ts',
		mutator: 'EqualityOperator',
		original: 'ids.length > 1',
		replacement: 'ids.length >= 1',
		reason: 'Spares a set for each item that names one record: in one ID nothing is named again.',
	},
	{
		file: 'nodes/ZohoCrmUnblockEmail/records.ts',
		mutator: 'OptionalChaining',
		original: 'view?.failure',
		replacement: 'view.failure',
		reason:
			'Only a view that has failed by its name is none, and then its failure is taken before.',
	},
	{
		file: 'nodes/ZohoCrmUnblockEmail/records.ts',
		mutator: 'OptionalChaining',
		original: 'view?.cutOff',
		replacement: 'view.cutOff',
		reason:
			'Only a view that has failed by its name is none, and then its failure is taken before.',
	},
	{
		file: 'nodes/ZohoCrmUnblockEmail/records.ts',
		mutator: 'StringLiteral',
		original: "''",
		replacement: '"Stryker was here!"',
		reason: 'The ID in the result of a view: it names no record, and is not shown.',
	},
	{
		file: 'nodes/ZohoCrmUnblockEmail/listSearch.ts',
		mutator: 'ConditionalExpression',
		original: 'isFailure(reply)',
		replacement: 'false',
		reason: 'A failure has no body, in which no modules are found either.',
	},
	{
		file: 'nodes/ZohoCrmUnblockEmail/listSearch.ts',
		mutator: 'ArrayDeclaration',
		original: '[]',
		replacement: '["Stryker was here"]',
		reason:
			'In place of a list of modules that Zoho did not send: an entry without fields is passed over as unusable.',
	},
	{
		file: 'nodes/ZohoCrmUnblockEmail/search/share.ts',
		mutator: 'EqualityOperator',
		original: 'chances > 1',
		replacement: 'chances >= 1',
		reason:
			'Exactly 1 says that this size and the next are equally near to one half: neither is better.',
	},
	{
		file: 'nodes/ZohoCrmUnblockEmail/search/share.ts',
		mutator: 'ArithmeticOperator',
		original: 'among - 1',
		replacement: 'among + 1',
		reason:
			'A batch of all the suspects never passes, so the search ends below that size by itself.',
	},
];
