/** Records that items name with different fields: never are they in two calls at once. */
import type { Call } from '../../nodes/ZohoCrmUnblockEmail/plan';
import { failure, type Failure } from '../../nodes/zoho/failures';
import type { Reply } from '../../nodes/zoho/reply';
import { fc } from '../support/fc';
import {
	BUSY,
	CONTACTS,
	HandPlayed,
	LEADS,
	LOCKED,
	ONE_IS_DEAD,
	refusal,
	told,
	TOO_MANY,
} from './planByHand';

const BOTH = { module: 'Leads', fields: ['Email', 'Secondary_Email'] };
const SECOND = { module: 'Leads', fields: ['Secondary_Email'] };
const LOST = failure('networkError', { code: 'ECONNRESET', message: 'Lost.' });

/** What is sent now, as `Leads Email: ab`. */
const nameOf = ({ group, batch }: Call) =>
	`${group.module} ${group.fields.join('+')}: ${batch.ids.join('')}`;

function sharing(more = {}) {
	const played = new HandPlayed('x', { batchSize: 2, maxParallelRequests: 4, ...more });
	played.plan.close();
	played.play(told);
	return played;
}

describe('a record that is under way with other fields', () => {
	it('waits until that call is answered, and its whole batch with it', () => {
		const played = sharing();
		for (const group of [LEADS, BOTH]) played.add('ab', group);
		const first = played.call();
		expect(nameOf(first)).toBe('Leads Email: ab');
		expect(played.next()).toBe('later');
		played.take(first, told('ab'));

		expect(nameOf(played.call())).toBe('Leads Email+Secondary_Email: ab');
	});

	it('waits as well while that call is to be made again', () => {
		const played = sharing();
		for (const group of [LEADS, BOTH]) played.add('ab', group);
		played.take(played.call(), BUSY);

		expect(played.next()).toBe('wait 1000');
		played.now += 1000;
		const again = played.call();
		expect([nameOf(again), played.next()]).toEqual(['Leads Email: ab', 'later']);
	});

	it('keeps no other record from being sent, nor the same ID in another module', () => {
		const played = sharing();
		played.add('ab', LEADS);
		played.add('bc', BOTH);
		played.add('de', SECOND);
		played.add('ab', CONTACTS);
		const sent = [played.call(), played.call(), played.call()].map(nameOf);

		expect(sent.sort()).toEqual([
			'Contacts Email: ab',
			'Leads Email: ab',
			'Leads Secondary_Email: de',
		]);
		expect(played.next()).toBe('later');
	});

	it('does not hold up a run that stops: what it waits for is not sent any more', () => {
		const played = new HandPlayed('', {
			batchSize: 2,
			maxParallelRequests: 4,
			stopAtFailure: true,
		});
		for (const group of [LEADS, BOTH]) played.add('ab', group);
		played.plan.close();
		played.playAll((ids) => (ids.includes('a') ? ONE_IS_DEAD : told(ids)));

		expect(played.saidOf('ab')).toEqual(['permanentlyBlocked', 'unblocked']);
		expect(played.said('a', BOTH)).toBe('not sent');
	});
});

type Answer = (ids: string) => Reply | Failure;

const answers: Answer[] = [
	(ids) => told(ids),
	(ids) => told(ids.slice(1), ids[0]),
	(ids) => told(ids.slice(1)),
	(ids) => refusal('NOT_ALLOWED', 'already unblocked', { id: ids[0] }),
	() => refusal('NOT_ALLOWED', 'already unblocked'),
	() => refusal('LIMIT_EXCEEDED', 'too many ids', { maximum_length: 2 }),
	() => ONE_IS_DEAD,
	() => LOCKED,
	() => BUSY,
	() => LOST,
	() => TOO_MANY,
];

it('whatever is shared and whatever comes back, no record is in two calls at once, and all is sent', () => {
	const letters = fc.uniqueArray(fc.constantFrom(...'abcdefgh'), { maxLength: 8 });
	const scene = fc.record({
		lists: fc.tuple(letters, letters, letters),
		batchSize: fc.integer({ min: 1, max: 8 }),
		maxParallelRequests: fc.integer({ min: 1, max: 5 }),
		answers: fc.array(fc.constantFrom(...answers), { maxLength: 30 }),
		ends: fc.array(fc.nat(9), { minLength: 1, maxLength: 20 }),
	});
	fc.assert(
		fc.property(scene, ({ lists, answers: given, ends, ...settings }) => {
			const played = new HandPlayed('', { ...settings, maxRetries: 8 });
			const groups = [LEADS, BOTH, SECOND];
			lists.forEach((list, i) => played.add(list.join(''), groups[i]!));
			played.plan.close();
			const open: Call[] = [];
			for (let steps = 0; steps < 2000; steps++) {
				const next = played.plan.next(played.now);
				if (next.do === 'done') break;
				if (next.do === 'send') {
					const elsewhere = new Set(open.flatMap(({ batch }) => batch.ids));
					expect(next.call.batch.ids.filter((id) => elsewhere.has(id))).toEqual([]);
					open.push(next.call);
				} else if (open.length > 0) {
					const [call] = open.splice(ends[steps % ends.length]! % open.length, 1);
					played.take(call!, (given.shift() ?? answers[0]!)(call!.batch.ids.join('')));
				} else if (next.do === 'wait') {
					played.now = next.until;
				} else {
					throw new Error('The plan waits for nothing');
				}
			}
			lists.forEach((list, i) => {
				const { refusal } = played.group(groups[i]!);
				const ended = refusal ?? played.plan.outbox.abortedFor;
				const untold = list.filter((id) => !played.outcome(id, groups[i]));
				expect(ended ? [] : untold).toEqual([]);
			});
		}),
		{ numRuns: 100 },
	);
});
