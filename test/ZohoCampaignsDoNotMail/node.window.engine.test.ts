import { setTimeout as sleep } from 'node:timers/promises';
import { mostInWindow } from '../support/doNotMail';
import { setStage, type Stage } from '../support/stage';

// A tenth of Zoho's limit in a window of a moment; the real one is in window.long.test.ts.
const LIMIT = { calls: 50, windowMs: 400, lockMs: 1_800_000 };
const OPTIONS = { callsPerWindow: 49, windowMinutes: LIMIT.windowMs / 60_000 };

const addresses = (count: number, name = 'person') =>
	Array.from({ length: count }, (_, i) => ({ email: `${name}${i}@example.com` }));

let stage: Stage;
let accounts = 0;
let credentialId: string;

beforeAll(async () => {
	stage = await setStage();
});

afterAll(async () => await stage.stop());

beforeEach(() => {
	stage.zoho.reset();
	stage.zoho.campaigns.limit = { ...LIMIT, kind: 'rolling' };
	credentialId = stage.connect({}, `account-${++accounts}`);
});

const run = async (emails: Array<{ email: string }>, options: object = OPTIONS) =>
	await stage.run('zohoCampaignsDoNotMail', emails, { credentialId, options: { ...options } });

/** Nothing was locked, and nothing sent twice. */
function expectInsideLimit(sent: number): void {
	expect(stage.zoho.calls('doNotMail')).toHaveLength(sent);
	expect(stage.zoho.campaigns.registry.size).toBe(sent);
	expect(stage.zoho.campaigns.locks).toBe(0);
	expect(mostInWindow(stage.zoho, LIMIT.windowMs)).toBeLessThanOrEqual(LIMIT.calls);
}

it.each(['rolling', 'fixed'] as const)(
	'more addresses than a window takes are moved without a lock (%s)',
	async (kind) => {
		stage.zoho.campaigns.limit.kind = kind;
		const { main } = await run(addresses(150));

		expect(main.map(({ json }) => json.status)).toEqual(Array(150).fill('moved'));
		expectInsideLimit(150);
	},
);

describe('runs at once on one credential', () => {
	it.each([
		[2, 60],
		[5, 25],
	])('share the budget: %i runs of %i addresses each meet no lock', async (runs, each) => {
		const ended = await Promise.all(
			Array.from({ length: runs }, (_, i) => run(addresses(each, `run${i}.`))),
		);

		for (const { main, errors } of ended) {
			expect(errors).toEqual([]);
			expect(main.map(({ json }) => json.status)).toEqual(Array(each).fill('moved'));
		}
		expectInsideLimit(runs * each);
	});

	it('take turns: one of 5 addresses is not held back to the end of one of 300', async () => {
		const large = run(addresses(300, 'large'));
		// Not before the budget is used up do the two compete.
		while (stage.zoho.calls('doNotMail').length < OPTIONS.callsPerWindow) await sleep(5);
		const small = await run(addresses(5, 'small'));
		const done = [...stage.zoho.campaigns.registry.keys()].filter((key) => key.startsWith('large'));

		expect(small.main).toHaveLength(5);
		expect(done.length).toBeLessThan(200);
		expect((await large).main).toHaveLength(300);
		expectInsideLimit(305);
	});
});

it('runs at once on different credentials do not wait for each other', async () => {
	stage.zoho.campaigns.limit = { ...LIMIT, calls: 500, kind: 'rolling' };
	const other = stage.connect({}, 'another account');
	const options = { windowMinutes: 5, callsPerWindow: 10, whenLimitReached: 'error' };
	const ended = await Promise.all([
		run(addresses(10, 'a'), options),
		stage.run('zohoCampaignsDoNotMail', addresses(10, 'b'), { credentialId: other, options }),
	]);

	expect(ended.map(({ main }) => main.length)).toEqual([10, 10]);
});
