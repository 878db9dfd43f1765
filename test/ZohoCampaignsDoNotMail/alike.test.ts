import { AlikeRefusals, allRefused } from '../../nodes/ZohoCampaignsDoNotMail/alike';
import type { Outcome } from '../../nodes/ZohoCampaignsDoNotMail/reply';
import { failure, unsent, type Failure } from '../../nodes/zoho/failures';
import { error, read } from './replies';

const addressOf = (n: number) => `person${n}@example.com`;
const moved: Outcome = { status: 'moved', code: '0', message: 'Done' };

/** After which of the outcomes all others would be refused; undefined for none of them. */
function decidedAfter(outcomes: Outcome[]): number | undefined {
	const alike = new AlikeRefusals();
	const at = outcomes.findIndex((outcome) => alike.areOfAll(outcome));
	return at < 0 ? undefined : at + 1;
}

const no = (n: number) => error('3001', `No: ${addressOf(n)}.`);

const refused = (count: number, body = no, from = 0) =>
	Array.from({ length: count }, (_, n) => read(body(from + n)));

describe('refusals that nobody has listed', () => {
	it('are about all where ten in a row are alike, the address in their words set aside', () => {
		expect(decidedAfter(refused(12))).toBe(10);
	});

	it('are about their addresses where one was let in, or is in the registry already', () => {
		expect(decidedAfter([moved, ...refused(30)])).toBeUndefined();
		expect(decidedAfter([...refused(9), moved, ...refused(30)])).toBeUndefined();
		expect(decidedAfter([read(error('2006', 'In there.')), ...refused(30)])).toBeUndefined();
	});

	it('begin anew where another one comes between', () => {
		const other = read(error('3002', 'Another.'));

		expect(decidedAfter([...refused(9), other, ...refused(9, no, 10)])).toBeUndefined();
		expect(decidedAfter([...refused(9), other, ...refused(10, no, 10)])).toBe(20);
	});

	it.each<[string, (n: number) => object | string]>([
		['in small letters', (n) => error('2500', `p${n}@EXAMPLE.com`.toLowerCase())],
		['by its domain alone', (n) => error('2500', `Domain b${n}.com is not allowed`)],
		['beside the number of a request', (n) => error('2500', `No. Request ${n * 7919}`)],
		['without a code', (n) => ({ status: 'error', message: `No: p%2B${n}%40b.com, id ${n}` })],
	])('are alike however the address stands in their words: %s', (_, body) => {
		expect(decidedAfter(Array.from({ length: 12 }, (_, n) => read(body(n))))).toBe(10);
	});

	it('are told apart by code and status, and by their words where there is no code', () => {
		const mixed = Array.from({ length: 40 }, (_, n) => read(error(`${n % 2}1`, 'No.')));
		const worded = Array.from({ length: 40 }, (_, n) => read(error('', n % 2 ? 'No.' : 'Never.')));
		const codes = Array.from({ length: 40 }, (_, n) => read(error('7', 'No.'), n % 2 ? 200 : 400));

		for (const outcomes of [mixed, worded, codes]) expect(decidedAfter(outcomes)).toBeUndefined();
	});

	it('count also where they are listed and about the call, such as a form that cannot be read', () => {
		expect(decidedAfter(refused(12, () => error('2001', 'Please enter correct JSON')))).toBe(10);
		expect(decidedAfter(refused(12, () => error('6607', 'No permission')))).toBe(10);
	});

	it('leave the others a failure that names no address, and blames none', () => {
		const [outcome] = refused(1);
		const why = allRefused(outcome as Failure);

		expect(why.message).toBe(
			'Zoho Campaigns refused 10 addresses in a row in the same way (code 3001), and let none in.',
		);
		expect(unsent(why)).toMatchObject({ reason: 'notAttempted', code: 'NOT_SENT' });
	});

	it('are none where Zoho speaks of an address that is none, or of a passing trouble', () => {
		expect(decidedAfter(refused(30, () => error('2004', 'Invalid email.')))).toBeUndefined();
		expect(decidedAfter(refused(30, () => error('2104', 'Internal error.')))).toBeUndefined();
		const offline = failure('networkError', { message: 'No way.' });
		expect(decidedAfter(Array<Outcome>(30).fill(offline))).toBeUndefined();
	});
});
