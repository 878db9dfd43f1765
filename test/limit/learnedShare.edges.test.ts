/** What a lock teaches, at the edges: which calls count, and when. */
import { LearnedShare } from '../../nodes/limit/learnedShare';

const LIMITS = { callsPerWindow: 100, windowMs: 300_000, longestCallMs: 60_000 };

function letIn(share: LearnedShare, calls: number, at: number): void {
	for (let call = 0; call < calls; call++) share.letIn(at, LIMITS.windowMs);
}

it('calls that came before a lock are none of the window after it', () => {
	const share = new LearnedShare(-Infinity);
	share.refused(10, LIMITS);
	letIn(share, 50, 5);
	letIn(share, 20, 20);
	share.refused(30, LIMITS);

	expect(share.learned(30)).toBe(19);
});

it('a call that was started a whole window before another is none of its window', () => {
	const share = new LearnedShare(-Infinity);
	letIn(share, 50, 0);
	letIn(share, 20, 300_000);
	share.refused(300_010, LIMITS);

	expect(share.learned(300_010)).toBe(19);
});

it('calls that meet the same lock together halve nothing, as those of the next one do', () => {
	const share = new LearnedShare(-Infinity);
	letIn(share, 5, 0);
	share.refused(10, LIMITS);
	share.refused(11, LIMITS);
	expect(share.learned(11)).toBe(10);

	letIn(share, 1, 1_800_000);
	share.refused(1_800_010, LIMITS);
	expect(share.learned(1_800_010)).toBe(5);
});

it('a lock that taught nothing halves nothing, for there was no share to be too large', () => {
	const share = new LearnedShare(0);
	letIn(share, 1, 1_000);
	share.refused(2_000, LIMITS);
	letIn(share, 1, 1_800_000);
	share.refused(1_800_010, LIMITS);
	expect(share.learned(1_800_010)).toBe(10);
});

it('a process learns once it is a window old', () => {
	for (const [at, learned] of [
		[299_999, undefined],
		[300_000, 10],
	] as const) {
		const share = new LearnedShare(0);
		letIn(share, 1, 1_000);
		share.refused(at, LIMITS);
		expect(share.learned(at)).toBe(learned);
	}
});

it('a lock after a day without one is a first one: a process of few calls is not held to half as many', () => {
	const share = new LearnedShare(-Infinity);
	for (const at of [0, 86_400_010]) {
		letIn(share, 5, at);
		share.refused(at + 10, LIMITS);
		expect(share.learned(at + 10)).toBe(10);
	}
});
