// n8n itself reads the "n8n" section of package.json; this is for whoever requires the package by name.
module.exports = {
	...require('./dist/credentials/ZohoEmailHygieneOAuth2Api.credentials.js'),
	...require('./dist/nodes/ZohoCrmUnblockEmail/ZohoCrmUnblockEmail.node.js'),
	...require('./dist/nodes/ZohoCampaignsDoNotMail/ZohoCampaignsDoNotMail.node.js'),
};
