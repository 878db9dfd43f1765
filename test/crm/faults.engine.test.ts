import type { INodeParameters } from 'n8n-workflow';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FakeZoho, Fault, PlannedFault, ReceivedRequest } from '../fake-zoho';
import { place, subject, truth, verdict, type Standing } from './truth';
import { failure, recordIds, useStage } from '../support/stage';

const STYLES = ['allOrNothing', 'indexed', 'mixed'] as const;

/** Four calls of six. What is not listed bounced softly. */
const IDS = recordIds(24);
const BATCH_SIZE = 6;
const STANDINGS: Record<number, Standing> = {
	5: 'hard',
	8: 'unblocked',
	9: 'unblocked',
	13: 'unblocked',
	17: 'worn',
	22: 'unknown',
};
const standingOf = (id: string): Standing => STANDINGS[IDS.indexOf(id)] ?? 'soft';

const stage = useStage();
let zoho: FakeZoho;

/** Records of calls whose replies the node did not get to read. */
let lost: Set<string>;

beforeEach(() => {
	zoho = stage.zoho;
	zoho.crm.style = 'allOrNothing';
	lost = new Set();
	for (const id of IDS) place(zoho, 'Leads', id, standingOf(id));
});

async function runAll(options: INodeParameters = {}) {
	return await stage.run(
		'zohoCrmUnblockEmail',
		IDS.map((id) => ({ id })),
		{
			options: { batchSize: BATCH_SIZE, retryDelay: 2, ...options },
			onError: 'continueRegularOutput',
		},
	);
}

type Run = Awaited<ReturnType<typeof runAll>>;

function expectEveryRecord(run: Run, tell: (id: string) => string = expected): void {
	expect(run.main.map((item) => [subject(item), verdict(item)])).toEqual(
		IDS.map((id) => [id, tell(id)]),
	);
	expect(run.main.map(({ pairedItem }) => pairedItem)).toEqual(IDS.map((_, item) => ({ item })));
}

const expected = (id: string) => truth(standingOf(id), lost.has(id));

/** No record has changed that should not have, and none has lost two of its five lives. */
function expectZohoUnharmed(): void {
	const lives: Record<Standing, number | undefined> = {
		soft: 1,
		unblocked: 0,
		hard: 0,
		worn: 5,
		unknown: undefined,
	};
	expect(IDS.map((id) => zoho.crm.get('Leads', id)?.timesUnblocked)).toEqual(
		IDS.map((id) => lives[standingOf(id)]),
	);
}

const lose = (ids: readonly string[] = []) => {
	for (const id of ids) lost.add(id);
};

/** A refusal before the work: nothing is in doubt afterwards. */
const TOO_MANY: Fault = {
	status: 429,
	body: '{"code":"TOO_MANY_REQUESTS","details":{},"message":"too many","status":"error"}',
};
const INTERNAL_ERROR = {
	status: 500,
	body: '{"code":"INTERNAL_ERROR","details":{},"message":"Internal Server Error","status":"error"}',
};

const LOSSES: Array<[string, PlannedFault]> = [
	['a reset before the work', { reset: true, when: 'before' }],
	['a reset after the work', { reset: true, when: 'after' }],
	['a server that never answers', { hang: true }],
	['a server that works and never answers', { hang: true, when: 'after' }],
	['HTML with status 200', { html: 200 }],
	['HTML with status 200 after the work', { html: 200, when: 'after' }],
	['HTML with status 502', { html: 502 }],
	['HTML with status 502 after the work', { html: 502, when: 'after' }],
	['cut-off JSON', { cutJson: true }],
	['a body cut half way', { cutBody: true }],
	['a body cut half way, and no work done', { cutBody: true, when: 'before' }],
	['an empty body with status 200', { emptyBody: 200 }],
	['an empty body with status 204 after the work', { emptyBody: 204, when: 'after' }],
	['an internal error', INTERNAL_ERROR],
	['an internal error after the work', { ...INTERNAL_ERROR, when: 'after' }],
	['a redirect', { redirect: 'http://127.0.0.1:9/elsewhere' }],
	['three times 503 in a row', { status: 503, times: 3 }],
	['three resets after the work in a row', { reset: true, when: 'after', times: 3 }],
];

describe.each(STYLES)(
	'with replies in the style %s, every record comes out once and true',
	(style) => {
		beforeEach(() => {
			zoho.crm.style = style;
		});

		it('when nothing goes wrong', async () => {
			expectEveryRecord(await runAll());
			expectZohoUnharmed();
		});

		it.each(LOSSES)('after %s in the first call', async (_, fault) => {
			zoho.fault({ ...fault, kind: 'unblock', match: ({ ids }) => (lose(ids), true) });

			expectEveryRecord(await runAll({ timeout: 'hang' in fault ? 1500 : 60_000 }));
			expect([...lost]).toEqual(IDS.slice(0, BATCH_SIZE));
			expectZohoUnharmed();
		});

		it.each(LOSSES)('after %s in a call among others', async (_, fault) => {
			// The planned fault is asked for its match only as long as it is not used up.
			const isVictim = ({ ids = [] }: { ids?: string[] }) => ids.includes(IDS[9]!);
			zoho.fault({
				...fault,
				kind: 'unblock',
				match: (request) => {
					if (isVictim(request)) lose(request.ids);
					return isVictim(request);
				},
			});

			expectEveryRecord(await runAll({ timeout: 'hang' in fault ? 1500 : 60_000 }));
			expect(lost).toContain(IDS[9]);
			expectZohoUnharmed();
		});

		it('when every call meets 503 twice', async () => {
			zoho.randomFault = failingTimes(2, { status: 503 });

			expectEveryRecord(await runAll());
			expectZohoUnharmed();
		});

		it('when the reply to every call is lost once', async () => {
			zoho.randomFault = failingTimes(1, { reset: true, when: 'after' });

			expectEveryRecord(await runAll());
			expectZohoUnharmed();
		});

		it('when a call is refused as one too many, which puts nothing in doubt', async () => {
			zoho.fault({ ...TOO_MANY, kind: 'unblock', times: 3, skip: 1 });

			expectEveryRecord(await runAll());
			expectZohoUnharmed();
		});

		it('when a reply lacks records once: those are asked for again', async () => {
			zoho.randomFault = ({ ids = [] }) => {
				zoho.crm.dataQuirks = ids.length > 2 ? { drop: 2 } : {};
				// In the two other styles a call that is refused has no `data` to be too short.
				if (style === 'mixed' && ids.length > 2) lose(ids.slice(0, 2));
				return undefined;
			};
			const run = await runAll();

			if (style === 'mixed') expectEveryRecord(run);
			else expectEveryRecord(run, (id) => eitherWay(run, id));
			expectZohoUnharmed();
		});

		it('when every reply lacks a record', async () => {
			zoho.crm.dataQuirks = { drop: 1 };
			const run = await runAll({ maxRetries: 2 });

			if (style === 'mixed') {
				const untold = IDS.filter((_, index) => index % BATCH_SIZE === 0);
				expectEveryRecord(run, (id) => (untold.includes(id) ? 'badResponse' : expected(id)));
				const triesOf = (id: string) =>
					zoho.calls('unblock').filter(({ ids = [] }) => ids.includes(id)).length;
				expect(untold.map(triesOf)).toEqual(untold.map(() => 3));
			} else {
				// Asked for again, such a record is found to be done.
				expectEveryRecord(run, (id) => eitherWay(run, id));
			}
			expectZohoUnharmed();
		});

		it.each([
			['has entries of strangers', { extra: 3 }],
			['is in reverse', { order: 'reversed' }],
			['is in no order', { order: 'shuffled' }],
			['holds ids as numbers of 19 digits', { idsAsNumbers: true }],
			['is odd in all ways', { extra: 2, order: 'shuffled', idsAsNumbers: true }],
		] as const)('when the data of a reply %s', async (_, quirks) => {
			zoho.crm.dataQuirks = quirks;

			expectEveryRecord(await runAll());
			expectZohoUnharmed();
		});

		it('when Zoho fails for good: a failure for each record, after the retries', async () => {
			zoho.randomFault = () => ({ status: 503 });
			const run = await runAll({ maxRetries: 2 });

			expectEveryRecord(run, () => 'serverError');
			expect(zoho.calls('unblock')).toHaveLength(3 * (IDS.length / BATCH_SIZE));
		});

		it('when one call fails for good: it costs its own records and no others', async () => {
			const victims = IDS.slice(6, 12);
			zoho.randomFault = ({ ids = [] }) =>
				ids.some((id) => victims.includes(id)) ? { reset: true } : undefined;
			const run = await runAll({ maxRetries: 1 });

			expectEveryRecord(run, (id) => (victims.includes(id) ? 'networkError' : expected(id)));
		});
	},
);

/** Fails the first so many tries of each call, and keeps book of what is in doubt by that. */
function failingTimes(times: number, fault: Fault) {
	const tries = new Map<string, number>();
	return ({ kind, body, ids }: { kind: string; body: string; ids?: string[] }) => {
		if (kind !== 'unblock') return undefined;
		const before = tries.get(body) ?? 0;
		tries.set(body, before + 1);
		if (before >= times) return undefined;
		lose(ids);
		return fault;
	};
}

/** What is true of a record that may have been in doubt or not: for one unblocked before, two things. */
function eitherWay(run: Run, id: string): string {
	const said = verdict(run.main[IDS.indexOf(id)]!);
	const found = [truth(standingOf(id), true), truth(standingOf(id), false)];
	return found.find((one) => one === said) ?? found[0]!;
}

describe('the mixed style', () => {
	it.each([200, 202, 207] as const)('is read with HTTP status %i', async (status) => {
		zoho.crm.style = 'mixed';
		zoho.crm.mixedStatus = status;

		expectEveryRecord(await runAll());
		expect(zoho.calls('unblock')).toHaveLength(4);
	});
});

describe('"already unblocked"', () => {
	it('on the repeat of a call whose reply was lost is the success of the first try, and says so', async () => {
		zoho.fault({ kind: 'unblock', reset: true, when: 'after' });
		zoho.crm.style = 'mixed';
		const { main } = await runAll({ alreadyUnblocked: 'error' });

		expect(main[0]?.json).toEqual({
			id: IDS[0],
			module: 'Leads',
			fields: ['Email'],
			status: 'unblocked',
			code: 'SUCCESS',
			message: 'Unblocked successfully (the reply was lost; the repeated call found it done)',
		});
		expect(main.slice(0, 5).map(verdict)).toEqual(Array(5).fill('unblocked'));
	});

	it('after no lost reply is what it says, as a success or as a failure', async () => {
		const told = async (alreadyUnblocked: string) => (await runAll({ alreadyUnblocked })).main[8];

		expect((await told('success'))?.json).toMatchObject({ status: 'alreadyUnblocked' });
		expect(failure(await told('error'))).toMatchObject({
			id: IDS[8],
			reason: 'alreadyUnblocked',
			code: 'NOT_ALLOWED',
			httpStatus: 400,
			retryable: false,
		});
	});
});

describe('Retry-After', () => {
	const [first] = [IDS.slice(0, BATCH_SIZE)];

	/** ms between the refusal of the first call and its repeat. */
	const pauseBeforeRepeat = () => {
		const [refused, repeated] = zoho.calls('unblock');
		expect(refused?.status).toBe(429);
		expect(repeated?.ids).toEqual(first);
		return repeated!.at - refused!.at;
	};

	it('in seconds wins over the retry delay', async () => {
		zoho.fault({ ...TOO_MANY, headers: { 'retry-after': '1' }, kind: 'unblock' });
		expectEveryRecord(await runAll({ retryDelay: 0 }));

		// A timer may end a moment early by the other clock.
		expect(pauseBeforeRepeat()).toBeGreaterThanOrEqual(950);
		expectZohoUnharmed();
	});

	it('as a date wins over the retry delay', async () => {
		let date = 0;
		let times = 1;
		zoho.randomFault = () => {
			if (times-- <= 0) return undefined;
			date = Math.ceil(Date.now() / 1000) * 1000 + 1000;
			return { ...TOO_MANY, headers: { 'retry-after': new Date(date).toUTCString() } };
		};
		expectEveryRecord(await runAll({ retryDelay: 0 }));

		expect(zoho.calls('unblock')[1]?.at).toBeGreaterThanOrEqual(date - 50);
		expectZohoUnharmed();
	});

	it('of 0 is no wait, whatever the retry delay', async () => {
		zoho.fault({ ...TOO_MANY, headers: { 'retry-after': '0' }, kind: 'unblock' });
		expectEveryRecord(await runAll({ retryDelay: 3_600_000 }));
	});

	it('of more than an hour ends the run: all that is left is rateLimited, to be run again later', async () => {
		zoho.fault({ ...TOO_MANY, headers: { 'retry-after': '7200' }, kind: 'unblock' });
		const run = await runAll();

		expectEveryRecord(run, () => 'rateLimited');
		expect(run.main.every((item) => failure(item).retryable === true)).toBe(true);
		expect(zoho.calls('unblock')).toHaveLength(1);
	});
});

describe('an entry for each record', () => {
	/** Every record of a call failed in the same way. */
	const allFailed = (code: string, headers = {}): ((request: ReceivedRequest) => Fault) => {
		return ({ ids = [] }) => ({
			status: 207,
			headers,
			body: JSON.stringify({
				data: ids.map((id) => ({ code, details: { id }, message: code, status: 'error' })),
			}),
		});
	};

	const firstFails = (retryAfter: string) => {
		let calls = 0;
		zoho.randomFault = (request) =>
			calls++ === 0
				? allFailed('INTERNAL_ERROR', { 'retry-after': retryAfter })(request)
				: undefined;
	};

	it('that says the server failed is asked for again after the pause that Zoho asks for', async () => {
		firstFails('1');

		const { main } = await stage.run('zohoCrmUnblockEmail', [{ id: IDS[0] }]);

		expect(main.map(verdict)).toEqual(['unblocked']);
		const [first, second] = zoho.calls('unblock');
		expect(second!.at - first!.at).toBeGreaterThanOrEqual(990);
	});

	it('is waited for with a word in the log, and until the run is cancelled', async () => {
		firstFails('60');

		const run = stage.run('zohoCrmUnblockEmail', [{ id: IDS[0] }]);
		while (zoho.calls('unblock')[0]?.endedAt === undefined) await sleep(5);
		await sleep(100);
		run.cancel();
		const { logs } = await run;

		expect(zoho.calls('unblock')).toHaveLength(1);
		expect(logs).toContain('info: INTERNAL_ERROR Trying 1 record again in 1 min.');
	});

	it('that says too many holds for everything still to be sent, once the retries are used up', async () => {
		zoho.randomFault = allFailed('TOO_MANY_REQUESTS');

		const { errors } = await stage.run(
			'zohoCrmUnblockEmail',
			IDS.map((id) => ({ id })),
			{ options: { batchSize: 2, maxRetries: 2, retryDelay: 1, maxParallelRequests: 1 } },
		);

		expect(errors.map((item) => failure(item).reason)).toEqual(IDS.map(() => 'rateLimited'));
		expect(errors.map((item) => String(failure(item).message).startsWith('Not sent'))).toContain(
			true,
		);
		expect(zoho.calls('unblock')).toHaveLength(3);
	});
});
