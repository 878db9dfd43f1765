/** What is mutated where nobody can tell what a change has touched: some files of each room. */
module.exports = [
	'nodes/zoho/xml.ts',
	'nodes/zoho/waits.ts',
	'nodes/run/pace.ts',
	'nodes/run/retries.ts',
	'nodes/limit/turns.ts',
	'nodes/limit/lock.ts',
	'nodes/n8n/count.ts',
	'nodes/n8n/parameters.ts',
	'nodes/ZohoCrmUnblockEmail/groups.ts',
	'nodes/ZohoCrmUnblockEmail/records.ts',
	'nodes/ZohoCampaignsDoNotMail/addresses.ts',
	'nodes/ZohoCampaignsDoNotMail/reply.ts',
];
