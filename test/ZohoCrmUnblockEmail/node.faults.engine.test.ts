import type { NodeRun } from '../engine';
import type { FakeZoho, Fault, PlannedFault } from '../fake-zoho';
import { BATCH_SIZE, IDS, standingOf, TOO_MANY, useFaults } from './faultStage';
import { truth, verdict } from './truth';

const STYLES = ['allOrNothing', 'indexed', 'mixed'] as const;

const { stage, lost, lose, expected, runAll, expectEveryRecord, expectZohoUnharmed } = useFaults();
let zoho: FakeZoho;

beforeEach(() => {
	zoho = stage.zoho;
});

const INTERNAL_ERROR = {
	status: 500,
	body: '{"code":"INTERNAL_ERROR","details":{},"message":"Internal Server Error","status":"error"}',
};

const LOSSES: Array<[string, PlannedFault]> = [
	['a reset before the work', { reset: true, when: 'before' }],
	['a reset after the work', { reset: true, when: 'after' }],
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

/** A call without a reply takes as long as the time-out: in one style only. */
const HANGS: Array<[string, PlannedFault]> = [
	['a server that never answers', { hang: true }],
	['a server that works and never answers', { hang: true, when: 'after' }],
];
const lossesIn = (style: string) => (style === 'mixed' ? [...LOSSES, ...HANGS] : LOSSES);

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

		/** Who does all or nothing, lets some see that a lost call did nothing. */
		const expectTruth = (run: NodeRun) =>
			expectEveryRecord(run, style === 'mixed' ? expected : (id) => eitherWay(run, id));

		// The first call goes alone: nothing in it depends on how the others are answered.
		if (style === 'mixed') {
			it.each(lossesIn(style))('after %s in the first call', async (_, fault) => {
				zoho.fault({ ...fault, kind: 'unblock', match: ({ ids }) => (lose(ids), true) });

				expectEveryRecord(await runAll({ timeout: 'hang' in fault ? 1500 : 60_000 }));
				expect([...lost]).toEqual(IDS.slice(0, BATCH_SIZE));
				expectZohoUnharmed();
			});
		}

		it.each(lossesIn(style))('after %s in a call among others', async (_, fault) => {
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

			expectTruth(await runAll({ timeout: 'hang' in fault ? 1500 : 60_000 }));
			expect(lost).toContain(IDS[9]);
			expectZohoUnharmed();
		});

		it('when every call meets 503 twice', async () => {
			zoho.randomFault = failingTimes(2, { status: 503 });

			expectTruth(await runAll());
			expectZohoUnharmed();
		});

		it('when the reply to every call is lost once', async () => {
			zoho.randomFault = failingTimes(1, { reset: true, when: 'after' });

			expectTruth(await runAll());
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
function eitherWay(run: NodeRun, id: string): string {
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
