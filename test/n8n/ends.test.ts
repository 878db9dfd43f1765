import type { IDataObject } from 'n8n-workflow';
import { Count } from '../../nodes/n8n/count';
import { cancelledError, stopError } from '../../nodes/n8n/ends';
import type { Failed, Result } from '../../nodes/n8n/result';
import { failure, type Reason } from '../../nodes/zoho/failures';
import { contextOf, done, failed, unsent } from './results';

const WAY_OUT = /set "On Error" to "Continue \(using error output\)"/;

function stopAt(first: Failed, { node = {} as IDataObject, others = 0 } = {}) {
	const count = new Count();
	count.add(first);
	for (let i = 0; i < others; i++) count.add(done());
	return stopError(contextOf({ node }).context, 'record', count, first, { reason: 'x' });
}

/** A failure of a reason, of something that Zoho has said unless told otherwise. */
const of = (reason: Reason, rest: object = {}) =>
	failed({ failure: failure(reason, { message: 'It failed.', httpStatus: 400, ...rest }) });

const NAMED = { zohoEmailHygieneOAuth2Api: { id: '1', name: 'Mine' } };

describe('the error under Stop Workflow', () => {
	it('says what to do, how far the run had come, and how others can go on', () => {
		const error = stopAt(failed({ item: 4 }), { others: 2 });

		expect(error.description).toContain(
			`${failed().failure.resolution} Before the stop: 2 done, 1 failed, 0 not attempted. To let`,
		);
		expect(error.description).toMatch(WAY_OUT);
		expect(error.httpCode).toBe('400');
		expect(error.context.itemIndex).toBe(4);
	});

	it('has a code where there is no status', () => {
		expect(stopAt(of('networkError', { httpStatus: null, code: 'ECONNRESET' })).httpCode).toBe(
			'ECONNRESET',
		);
	});

	it('keeps its words, also where n8n has others for a code in them', () => {
		const error = stopAt(of('networkError', { message: 'read ECONNRESET', httpStatus: null }));
		expect(error.message).toBe('read ECONNRESET');
	});

	it('offers no way for others where there are none, or where all would fail', () => {
		expect(stopAt(failed()).description).not.toMatch(WAY_OUT);
		expect(stopAt(of('scopeMismatch'), { others: 2 }).description).not.toMatch(WAY_OUT);
	});
});

describe('the others that failed', () => {
	const named = (...ids: string[]) => ids.map((id) => failed({ label: id }));
	const stopped = (...results: Failed[]) => {
		const count = new Count();
		for (const result of results) count.add(result);
		return stopError(contextOf().context, 'record', count, count.first!, {}).message;
	};

	it('are named with the first, five in all, and the rest is counted', () => {
		const [first, ...rest] = named('a', 'b', '', 'd', 'e', 'f', 'g');

		expect(stopped(first!)).toBe('Record a: No such record.');
		expect(stopped(first!, rest[0]!)).toBe('Record a: No such record. Also failed: b.');
		const unstopped = failed({
			label: 'a',
			failure: failure('permanentlyBlocked', { message: 'Email is blocked' }),
		});
		expect(stopped(unstopped, rest[0]!)).toBe('Record a: Email is blocked. Also failed: b.');
		expect(stopped(first!, ...rest)).toBe(
			'Record a: No such record. Also failed: b, (empty), d, e and 2 more.',
		);
	});

	it('are not named where they were not sent, or where it is about all of them', () => {
		const [first, second] = named('a', 'b');

		expect(stopped(first!, unsent())).toBe('Record a: No such record.');
		expect(stopped(of('serverError'), second!)).toBe('It failed.');
	});

	it('are views, too, by their IDs', () => {
		const view = { ...of('invalidRequest'), label: '9', name: 'Custom view' };

		expect(stopped(view, { ...view, label: '8' })).toBe(
			'Custom view 9: It failed. Also failed: 8.',
		);
	});
});

describe('its headline', () => {
	it.each<[string, Failed, string]>([
		['the record', failed(), 'Record 2: No such record.'],
		['a record without an ID', failed({ label: '' }), 'Record (empty): No such record.'],
		[
			'a view by its own name',
			{ ...of('invalidRequest'), label: '9', name: 'Custom view' },
			'Custom view 9: It failed.',
		],
		['a record by its own name', failed({ name: 'Custom view' }), 'Custom view 2: No such record.'],
		['the module that Zoho refused', of('invalidModule'), 'Module Leads: It failed.'],
		[
			'nothing where there is no module',
			{ ...of('invalidModule'), subject: { email: 'a' } },
			'It failed.',
		],
		['nothing for a network', of('networkError', { httpStatus: null }), 'It failed.'],
		['nothing for want of a status', of('invalidModule', { httpStatus: null }), 'It failed.'],
		['nothing for what passes', of('serverError', { httpStatus: 500 }), 'It failed.'],
		['nothing for a limit', of('rateLimited', { transient: false }), 'It failed.'],
		['nothing for an account without a credential', of('scopeMismatch'), 'It failed.'],
		[
			'nothing of a view for a whole run',
			{ ...of('rateLimited', { transient: false }), name: 'Custom view' },
			'It failed.',
		],
	])('names %s', (_, first, headline) => {
		expect(stopAt(first).message).toBe(headline);
	});

	it('names the credential for what is wrong with the account', () => {
		const node = { credentials: NAMED };
		expect(stopAt(of('scopeMismatch'), { node }).message).toBe('Credential "Mine": It failed.');
		expect(stopAt(of('scopeMismatch'), { node: { credentials: {} } }).message).toBe('It failed.');
		expect(stopAt(of('invalidModule'), { node }).message).toBe('Module Leads: It failed.');
	});

	it.each<[string, unknown, string]>([
		['as the list calls it', { value: 'Leads', cachedResultName: 'Prospects' }, 'Prospects'],
		[
			'by its API name where another was chosen',
			{ value: 'Deals', cachedResultName: 'Offers' },
			'Leads',
		],
		['by its API name where it was typed in', { value: 'Leads' }, 'Leads'],
		['by its API name where n8n has stored none', undefined, 'Leads'],
	])('names a module %s', (_, module, label) => {
		const node = { parameters: { module } } as unknown as IDataObject;
		expect(stopAt(of('invalidModule'), { node }).message).toBe(`Module ${label}: It failed.`);
	});
});

describe('the error after Stop', () => {
	it('is a cancellation to n8n, and says how far the run had come', () => {
		const error = cancelledError(contextOf().context, [done(), failed(), unsent()], 7);

		expect(error.message).toBe(
			'The execution was canceled. Before that: 1 done, 1 failed, 8 not attempted. Calls that were under way may have been done all the same.',
		);
		expect(error.level).toBe('info');
	});
});

describe('what the log says of a stopped run', () => {
	const logOf = (...results: Result[]) => {
		const { context, logs } = contextOf();
		cancelledError(context, results, 3);
		return logs;
	};

	it('is how far it had come, and which item and record were done last', () => {
		const record = { item: 6, success: { id: '24', status: 'unblocked' } };

		expect(logOf(done(), record, failed(), unsent())).toEqual([
			'Stopped. Before that: 2 done, 1 failed, 4 not attempted. The last one done: item 7 of the input, record 24.',
		]);
	});

	it('is no more than that where nothing was done', () => {
		expect(logOf(failed())).toEqual(['Stopped. Before that: 0 done, 1 failed, 3 not attempted.']);
	});

	it('is never an address', () => {
		const email = 'ada@example.com';

		for (const success of [
			{ email, status: 'moved' },
			{ id: email, status: 'unblocked' },
		]) {
			const [line] = logOf({ item: 0, success });
			expect(line).toMatch(/item 1 of the input\.$/);
			expect(line).not.toContain('@');
		}
	});
});
