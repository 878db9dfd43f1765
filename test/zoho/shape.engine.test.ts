/** What n8n's log says where Zoho answers in a way that nobody knew of. */
import { recordIds, useStage } from '../support/stage';

const stage = useStage();
const ids = recordIds(3);

const NODES = [
	['zohoCrmUnblockEmail', 'unblock', ids.map((id) => ({ id }))],
	[
		'zohoCampaignsDoNotMail',
		'doNotMail',
		['a', 'b', 'c'].map((at) => ({ email: `${at}@example.com` })),
	],
] as const;

const LINE = 'Zoho answered in a way that this node does not know: ';

describe.each(NODES)('a run of %s', (type, kind, items) => {
	let accounts = 0;
	const run = async () => {
		const credentialId = stage.connect({}, `${type}-${++accounts}`);
		const options = { maxRetries: 1, retryDelay: 1 };
		const { logs } = await stage.run(type, [...items], { credentialId, options });
		return logs.filter((line) => line.includes(LINE));
	};

	beforeEach(() => stage.zoho.crm.add('Leads', ids));

	it.each([
		['{"whatever":{"ada@example.com":"secret"}}', '{?: {?: string}}'],
		['{"code":"NEVER_SEEN","message":"ada@example.com is odd"}', '{code: string, message: string}'],
	])('tells once what %s looks like, no value, and where to report it', async (body, shape) => {
		stage.zoho.fault({ kind, status: 400, body, times: 9 });

		const lines = await run();

		expect(lines).toEqual([
			expect.stringContaining(
				`${LINE}HTTP status 400, ${shape}. This line holds none of your data. Please report it: https://github.com/`,
			),
		]);
		expect(lines.join()).not.toMatch(/ada|secret|NEVER_SEEN|whatever/);
	});

	it('tells nothing where Zoho answers as is known, be it a refusal or a gateway', async () => {
		expect(await run()).toEqual([]);
		stage.zoho.fault({ kind, html: 502 });
		expect(await run()).toEqual([]);
	});
});
