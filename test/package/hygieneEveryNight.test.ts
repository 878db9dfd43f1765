/** The template hygiene-every-night: whom it suppresses, and what it says came of it. */
import type { IDataObject } from 'n8n-workflow';
import { items, playCode } from './code';

const FILE = 'hygiene-every-night.json';
const dead = (error: object) => ({ error: { id: '1', reason: 'permanentlyBlocked', ...error } });
const BOTH = { email: 'a@example.com', secondaryEmail: 'b@example.com' };

describe('the address that is suppressed', () => {
	test.each<[string, object, string]>([
		['Email, of one that has two', { fields: ['Email'], ...BOTH }, 'a@example.com'],
		[
			'Secondary Email, of one that has two',
			{ fields: ['Secondary_Email'], ...BOTH },
			'b@example.com',
		],
		['both, of two', { fields: ['Email', 'Secondary_Email'], ...BOTH }, ''],
		['both, in the other order', { fields: ['Secondary_Email', 'Email'], ...BOTH }, ''],
		[
			'both, where there is the first alone',
			{ fields: ['Email', 'Secondary_Email'], email: 'a@example.com', secondaryEmail: null },
			'a@example.com',
		],
		[
			'both, where there is the second alone',
			{ fields: ['Email', 'Secondary_Email'], email: ' ', secondaryEmail: 'b@example.com' },
			'b@example.com',
		],
		[
			'both, where they are the same',
			{
				fields: ['Email', 'Secondary_Email'],
				email: 'a@example.com',
				secondaryEmail: 'A@example.com',
			},
			'A@example.com',
		],
		[
			'Email, which is not there',
			{ fields: ['Email'], email: null, secondaryEmail: 'b@example.com' },
			'',
		],
		[
			'Secondary Email, which is not there',
			{ fields: ['Secondary_Email'], email: 'a@example.com' },
			'',
		],
		['fields that nobody names', BOTH, ''],
		['a field of another name', { fields: ['Work_Email'], ...BOTH }, ''],
	])('%s', async (_, error, address) => {
		const [judged] = await playCode(FILE, 'Which Address?', { input: items(dead(error)) });

		expect(judged!.json.deadAddress).toBe(address);
	});
});

describe('what is said', () => {
	const outcomeOf = async (json: object) => {
		const [told] = await playCode(FILE, 'What Came of It', { input: items(json) });
		return told!.json as IDataObject & { outcome: string };
	};

	test.each([
		[{ id: '1', status: 'unblocked' }, 'unblocked'],
		[{ email: 'a@example.com', status: 'alreadyInDoNotMail' }, 'alreadyInDoNotMail'],
		[{ error: { id: '1', module: 'Leads', reason: 'serverError' } }, 'serverError'],
		[
			{ deadAddress: 'a', isOneOfTwo: false, error: { email: 'a', reason: 'invalidEmail' } },
			'invalidEmail',
		],
	])('%j is %s', async (json, outcome) => {
		expect(await outcomeOf(json)).toMatchObject({ outcome });
	});

	test('who is not suppressed is counted as such, with the record and what to do', async () => {
		const error = { id: '77', module: 'Leads', reason: 'permanentlyBlocked' };
		const ofTwo = await outcomeOf({ deadAddress: '', isOneOfTwo: true, error });
		const ofNone = await outcomeOf({ deadAddress: '', isOneOfTwo: false, error });

		expect(ofTwo.outcome).toBe(
			'permanentlyBlocked, not suppressed, since it is not known which of two addresses is dead',
		);
		expect(ofNone.outcome).toContain('not suppressed');
		for (const one of [ofTwo, ofNone]) expect(one).toMatchObject({ record: '77' });
		for (const one of [ofTwo, ofNone]) expect(one.advice).toMatch(/look at these records/);
	});

	test('what a deactivated node lets pass is not called done', async () => {
		const error = { id: '77', module: 'Leads', reason: 'permanentlyBlocked' };
		const passedDoNotMail = await outcomeOf({
			deadAddress: 'a@example.com',
			isOneOfTwo: false,
			error,
		});
		const passedUnblock = await outcomeOf({ timestamp: '2026-12-01' });

		expect(passedDoNotMail.outcome).toBe('permanentlyBlocked, not suppressed');
		expect(passedUnblock.outcome).toBe('not unblocked');
	});
});
