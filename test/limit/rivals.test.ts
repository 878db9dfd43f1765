/** Claims that keep each other off: which of them stays, by examples. */
import { closed, rival, verdictOn } from './claimScene';

describe('of claims that keep each other off', () => {
	it('the older one stays for a second look after a round trip', () => {
		expect(verdictOn([rival(10)])).toEqual({ is: 'stay', until: 200 });
	});

	it('the younger one is taken back: else both would wait for each other', () => {
		expect(verdictOn([rival(-10)])).toEqual({ is: 'yield', until: 300 });
	});

	it('only one stays where both were inserted in the same millisecond: that with the lower id', () => {
		expect(verdictOn([rival(0, { id: 6 })])).toMatchObject({ is: 'stay' });
		expect(verdictOn([rival(0, { id: 4 })])).toMatchObject({ is: 'yield' });
	});

	it('an id says nothing where the times differ', () => {
		expect(verdictOn([rival(10, { id: 4 })])).toMatchObject({ is: 'stay' });
		expect(verdictOn([rival(-10, { id: 6 })])).toMatchObject({ is: 'yield' });
	});

	it('none stays that is older than some of them only', () => {
		expect(verdictOn([rival(10), rival(-10)])).toMatchObject({ is: 'yield' });
	});

	it('none looks a third time', () => {
		expect(verdictOn([rival(10)], { hasStayed: true })).toMatchObject({ is: 'yield' });
	});

	it('the older one stays, too, where what is taken besides comes free within four round trips', () => {
		expect(verdictOn([closed(100, 400), rival(10)])).toMatchObject({ is: 'stay' });
		expect(verdictOn([closed(100, 401), rival(10)])).toMatchObject({ is: 'full' });
	});
});

describe('who yields', () => {
	it.each([
		{ yields: 0, until: 300 },
		{ yields: 2, until: 600 },
		{ yields: 10, until: 2_700 },
	])('comes again the later the more often it did: $yields', ({ yields, until }) => {
		expect(verdictOn([rival(-10)], { yields })).toEqual({ is: 'yield', until });
	});

	it('does not come again at once where the table takes no time', () => {
		const verdict = verdictOn([rival(1)], { sentAt: 100, hasStayed: true });
		expect(verdict).toEqual({ is: 'yield', until: 102 });
	});
});

describe('a row that is no undecided claim keeps its calls: to count on them would break the limit', () => {
	const full = { is: 'full' };

	it('one that is older than three round trips: it is a lease by now', () => {
		expect(verdictOn([rival(-300)])).toMatchObject(full);
		expect(verdictOn([rival(-299)])).toMatchObject({ is: 'yield' });
	});

	it('one whose calls have been made', () => {
		expect(verdictOn([rival(-100, { state: 'closed', endsAfterMs: 50 })])).toMatchObject(full);
	});

	it('another one of the same process', () => {
		expect(verdictOn([rival(-100, { holder: 'me' })])).toMatchObject(full);
	});

	it('one whose process has claimed again since, in whichever order they are read', () => {
		const lease = rival(-200, { holder: 'other' });
		const claim = rival(-100, { holder: 'other', calls: 10 });
		expect(verdictOn([lease, claim])).toMatchObject(full);
		expect(verdictOn([claim, lease])).toMatchObject(full);
	});
});
