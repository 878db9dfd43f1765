/**
 * Mutants that nobody could notice, and why: by file, mutator and the text replaced; by the replacement,
 * too, where another one would be noticed. `npm run test:mutation` does not count them, and fails over
 * an entry that names nothing.
 */
module.exports = [
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
];
