import { failure, type RunSettings } from '../support/stage';
import { IMPOSSIBLE_ADDRESSES, POSSIBLE_ADDRESSES } from './samples';
import { ALREADY_IN, ANNA, BOB, CARL, FORMATS, MOVED, useCampaigns } from './stage';

const { stage, run, calls } = useCampaigns();

describe('an address', () => {
	it('is put into the registry by one call, in JSON and in XML with the same output item', async () => {
		const [inJson, inXml] = [
			await run([ANNA], { options: { responseFormat: 'json' } }),
			await run([BOB], { options: { responseFormat: 'xml' } }),
		];

		expect(inJson.main).toEqual([{ json: { email: ANNA, ...MOVED }, pairedItem: { item: 0 } }]);
		expect(inXml.main).toEqual([{ json: { email: BOB, ...MOVED }, pairedItem: { item: 0 } }]);
		expect([inJson.errors, inXml.errors]).toEqual([[], []]);
		expect(calls().map(({ method, path, body }) => [method, path, body])).toEqual([
			['POST', '/api/v1.1/json/contactdonotmail', ''],
			['POST', '/api/v1.1/xml/contactdonotmail', ''],
		]);
		expect([...stage.zoho.campaigns.registry.keys()]).toEqual([ANNA, BOB]);
		expect(inJson.hints).toEqual([]);
	});

	it('that was in already is told from a new one, however Zoho writes it', async () => {
		stage.zoho.campaigns.add(ANNA);
		for (const responseFormat of FORMATS) {
			for (const alreadyAs of ['success', 'error'] as const) {
				for (const nested of [false, true]) {
					for (const errorStatus of [200, 400] as const) {
						Object.assign(stage.zoho.campaigns, { alreadyAs, nested, errorStatus });
						const { main } = await run([ANNA], { options: { responseFormat } });
						expect(main.map(({ json }) => json)).toEqual([{ email: ANNA, ...ALREADY_IN }]);
					}
				}
			}
		}
	});

	it('that was in already fails where it is to count as an error', async () => {
		stage.zoho.campaigns.add(ANNA);
		const { main, errors } = await run([ANNA, BOB], { options: { alreadyInDoNotMail: 'error' } });

		expect(main.map(({ json }) => json)).toEqual([{ email: BOB, ...MOVED }]);
		expect(failure(errors[0])).toEqual({
			email: ANNA,
			code: '0',
			reason: 'alreadyInDoNotMail',
			message: 'User already in Do-Not-Mail.',
			resolution: expect.stringContaining('Count as Success'),
			httpStatus: 200,
			retryable: false,
		});
	});

	it('in several items is sent once, and every item gets the outcome', async () => {
		stage.zoho.campaigns.answer(BOB, '2004');
		const { main, errors, hints } = await run([
			'Anna@Example.com',
			BOB,
			ANNA,
			' bob@EXAMPLE.com ',
			CARL,
			'ANNA@EXAMPLE.COM',
		]);

		expect(stage.zoho.campaigns.received).toEqual(['Anna@Example.com', BOB, CARL]);
		expect(main.map(({ json, pairedItem }) => [json.email, json.status, pairedItem])).toEqual([
			['Anna@Example.com', 'moved', { item: 0 }],
			[ANNA, 'moved', { item: 2 }],
			[CARL, 'moved', { item: 4 }],
			['ANNA@EXAMPLE.COM', 'moved', { item: 5 }],
		]);
		expect(errors.map((item) => [failure(item).email, item.pairedItem])).toEqual([
			[BOB, { item: 1 }],
			['bob@EXAMPLE.com', { item: 3 }],
		]);
		expect(hints.map(({ message }) => message)).toEqual([
			'6 addresses: 4 moved, 2 failed: 2 not an email address. 3 calls, one address each. 3 duplicates: each address was sent once.',
		]);
	});

	it('may come from an expression, and one that cannot be resolved fails its item only', async () => {
		const { main, errors } = await run([ANNA, BOB], {
			parameters: { email: '={{ $json.email === "bob@example.com" ? $node : $json.email }}' },
		});

		expect(main.map(({ json }) => json.email)).toEqual([ANNA]);
		expect(failure(errors[0])).toMatchObject({ reason: 'invalidEmail', email: '' });
	});

	it.each(['$input', '$workflow', '$json', '$("Start")', 'Symbol("x")', '[$json.email]'])(
		'is not what the expression %s gives: the item fails, and nothing is sent',
		async (expression) => {
			const { status, error, main, errors } = await run([ANNA], {
				parameters: { email: `={{ ${expression} }}` },
			});

			expect([status, error, main]).toEqual(['success', undefined, []]);
			expect(errors.map((item) => failure(item))).toEqual([
				expect.objectContaining({ reason: 'invalidEmail', code: 'NOT_SENT' }),
			]);
			expect(calls()).toEqual([]);
		},
	);

	it.each(FORMATS)('that is possible reaches Zoho unchanged in %s', async (responseFormat) => {
		const { main, errors } = await run(POSSIBLE_ADDRESSES, {
			options: { responseFormat, maxParallelRequests: 1 },
		});

		expect(POSSIBLE_ADDRESSES.length).toBeGreaterThanOrEqual(60);
		expect(errors).toEqual([]);
		expect(main.map(({ json }) => [json.email, json.status])).toEqual(
			POSSIBLE_ADDRESSES.map((address) => [address, 'moved']),
		);
		expect(stage.zoho.campaigns.received).toEqual(POSSIBLE_ADDRESSES);
		expect([...stage.zoho.campaigns.registry.values()].map(({ address }) => address)).toEqual(
			POSSIBLE_ADDRESSES,
		);
		expect(stage.zoho.campaigns.injected).toEqual([]);
	});

	it.each(FORMATS)('that is impossible or hostile causes no call in %s', async (responseFormat) => {
		const { main, errors } = await run([ANNA, ...IMPOSSIBLE_ADDRESSES, BOB], {
			options: { responseFormat },
		});

		expect(main.map(({ json }) => json.email)).toEqual([ANNA, BOB]);
		expect(errors.map((item) => failure(item))).toEqual(
			IMPOSSIBLE_ADDRESSES.map((value) =>
				expect.objectContaining({
					email: typeof value === 'string' ? value.trim() : '',
					reason: 'invalidEmail',
					code: 'NOT_SENT',
					httpStatus: null,
					retryable: false,
				}),
			),
		);
		expect(calls()).toHaveLength(2);
		expect(stage.zoho.campaigns.received).toEqual([ANNA, BOB]);
		expect(stage.zoho.campaigns.injected).toEqual([]);
		expect(calls().every(({ headers }) => headers['x-injected'] === undefined)).toBe(true);
	});
});

describe('an expired token', () => {
	it('is renewed once for the whole run', async () => {
		stage.zoho.oauth.expire();
		const many = Array.from({ length: 25 }, (_, i) => `person${i}@example.com`);
		const { main, errors } = await run(many, { options: { maxParallelRequests: 10 } });

		expect(main).toHaveLength(25);
		expect(errors).toEqual([]);
		expect(stage.zoho.calls('token')).toHaveLength(1);
		expect(stage.zoho.maxInFlight('doNotMail')).toBeLessThanOrEqual(10);
	});
});

describe('an option out of range', () => {
	it.each<[string, RunSettings['options'], string]>([
		['0 calls', { callsPerWindow: 0 }, 'a whole number of 1 or more'],
		['half a call', { callsPerWindow: 1.5 }, 'a whole number of 1 or more'],
		['no window', { windowMinutes: 0 }, 'a number from 0.001 to 10080'],
		['a lock below 0', { lockMinutes: -1 }, 'a number from 0 to 10080'],
		['11 in parallel', { maxParallelRequests: 11 }, 'a whole number from 1 to 10'],
		['an unknown format', { responseFormat: 'yaml' }, 'one of json, xml'],
		['an expression that gives no number', { callsPerWindow: '={{ "many" }}' }, 'a whole number'],
	])('fails every item and sends nothing: %s', async (_, options, takes) => {
		const { main, errors } = await run([ANNA, BOB], { options: options! });

		expect(main).toEqual([]);
		expect(errors).toHaveLength(2);
		expect(String(failure(errors[0]).message)).toContain(takes);
		expect(stage.zoho.requests).toEqual([]);
	});
});
