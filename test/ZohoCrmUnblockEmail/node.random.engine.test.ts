import { fc } from '../support/fc';
import { useStage } from '../support/stage';
import { play } from './randomPlay';
import { scene } from './randomScene';

const stage = useStage();

it('says the truth of every record, once for every item that named it', async () => {
	const property = fc.asyncProperty(scene, async (given) => void (await play(stage, given)));
	await fc.assert(property, { numRuns: 30 });
});
