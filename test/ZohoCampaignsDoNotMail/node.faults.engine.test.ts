import type { IDataObject } from 'n8n-workflow';
import type { PlannedFault } from '../fake-zoho';
import { failure } from '../support/stage';
import { ALREADY_IN, ANNA, BOB, CARL, MOVED, useCampaigns } from './stage';

const { stage, run, calls } = useCampaigns();

/** What a repeated call may say where the first one's reply was lost. */
const DONE = expect.objectContaining({ status: 'moved', code: '0' }) as IDataObject;

/** The address that a call named, whichever format it had. */
const namedBy = (query: string) =>
	decodeURIComponent(query).match(/[a-z]+@example\.com/)?.[0] ?? '';

describe('a transient failure', () => {
	/** Zoho's own words for one, as a reply in place of the work. */
	const refused: PlannedFault = {
		status: 200,
		body: '{"Code":"2104","message":"Error in Do-not-mail. Please retry after sometime."}',
	};

	it.each<[string, PlannedFault]>([
		['a reset before the work', { reset: true, when: 'before' }],
		['a reset after the work', { reset: true, when: 'after' }],
		['no reply, and the work not done', { hang: true, when: 'before' }],
		['no reply, and the work done', { hang: true, when: 'after' }],
		["a gateway's page with 502", { html: 502 }],
		["a gateway's page with 200, and the work done", { html: 200, when: 'after' }],
		['JSON that is cut off', { cutJson: true }],
		['a body that is cut off', { cutBody: true }],
		['503', { emptyBody: 503 }],
		['500 although the work is done', { emptyBody: 500, when: 'after' }],
		['2104', refused],
	])('is tried again, and every address comes out once: %s', async (_, fault) => {
		stage.zoho.campaigns.add(CARL);
		stage.zoho.fault({
			...fault,
			kind: 'doNotMail',
			match: ({ query }) => query.includes('bob'),
			times: 2,
		});
		const { status, main, errors, hints } = await run([ANNA, BOB, CARL], {
			options: { timeout: 'hang' in fault ? 1500 : 60_000 },
		});

		expect(status).toBe('success');
		expect(errors).toEqual([]);
		expect(main.map(({ json }) => json)).toEqual([
			{ email: ANNA, ...MOVED },
			DONE,
			{ email: CARL, ...ALREADY_IN },
		]);
		expect(main[1]?.json.email).toBe(BOB);
		expect(stage.zoho.campaigns.registry.get(BOB)).toEqual({ address: BOB, moved: 1 });
		expect(calls().filter(({ query }) => query.includes('bob'))).toHaveLength(3);
		expect(hints[0]?.message).toContain('2 calls repeated after a transient failure.');
	});

	it('leaves an address "moved" that a repeat finds in the registry, also where that would be an error', async () => {
		stage.zoho.fault({ reset: true, when: 'after', kind: 'doNotMail' });
		const { main, errors } = await run([ANNA], { options: { alreadyInDoNotMail: 'error' } });

		expect(errors).toEqual([]);
		expect(main[0]?.json).toEqual({
			email: ANNA,
			status: 'moved',
			code: '0',
			message: expect.stringContaining('the reply was lost'),
		});
	});

	it('that stays is told after the retries, and how often it was tried is as set', async () => {
		stage.zoho.fault({ emptyBody: 503, kind: 'doNotMail', times: Infinity });
		for (const maxRetries of [0, 1, 4]) {
			const before = calls().length;
			const { errors, logs } = await run([ANNA], { options: { maxRetries } });
			expect(failure(errors[0])).toMatchObject({ reason: 'serverError', retryable: true });
			expect(calls().length - before).toBe(maxRetries + 1);
			expect(logs.filter((line) => line.includes('Trying one address again'))).toHaveLength(
				maxRetries,
			);
		}
	});

	it('is not what a refusal is: once the form is known, nothing that is refused is sent again', async () => {
		stage.zoho.campaigns.answer(BOB, '2004');
		stage.zoho.campaigns.answer(CARL, '903');
		await run([ANNA, BOB, CARL]);

		expect(calls().map(({ query }) => namedBy(query))).toEqual([ANNA, BOB, CARL]);
	});
});
