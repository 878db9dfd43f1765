// ESLint takes this file before eslint.config.mjs. That one is n8n's official configuration as it is:
// `n8n-node lint` and `n8n-node release` let nothing else be in it, and nodes/ and credentials/ are
// under it unchanged. What is added here is for tests only: they run in Node.js and not in n8n.
module.exports = import('./eslint.config.mjs').then(({ default: official }) => [
	...official,
	{
		files: ['test/**/*.ts'],
		rules: {
			'@n8n/community-nodes/no-dangerous-functions': 'off',
			'@n8n/community-nodes/no-restricted-globals': 'off',
			'@n8n/community-nodes/no-restricted-imports': 'off',
			'no-console': 'off',
			// Forgotten there, it has all other tests of its file pass over unseen.
			'no-restricted-properties': [
				'error',
				...['describe', 'it', 'test'].map((object) => ({
					object,
					property: 'only',
					message: 'Let the other tests of the file run, too.',
				})),
			],
		},
	},
]);
