import { fc } from '../support/fc';
import { areMany, numRuns } from '../support/plans/runs';
import { useStage } from '../support/stage';
import { play } from './randomPlay';
import { scene } from './randomScene';
import { BAD } from './truth';

const stage = useStage();

/** What was said of some record in some run. */
const said = new Set<string>();

describe('whatever the records, the server and the network are like', () => {
	it('the truth is said of every record, once for every item that named it', async () => {
		const property = fc.asyncProperty(scene, async (given) => {
			for (const verdict of await play(stage, given)) said.add(verdict);
		});
		await fc.assert(property, { numRuns: numRuns / 5 });
	});

	// A few runs need not meet them all.
	if (areMany) {
		it('every outcome there is was met', () => {
			expect([...said]).toEqual(
				expect.arrayContaining([
					'unblocked',
					'alreadyUnblocked',
					...Object.values(BAD),
					'invalidRecordId',
					'networkError',
					'serverError',
					'badResponse',
					'rateLimited',
					'scopeMismatch',
					'notAttempted',
				]),
			);
		});
	}
});
