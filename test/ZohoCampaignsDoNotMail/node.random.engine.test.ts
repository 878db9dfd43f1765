import { fc } from '../support/fc';
import { numRuns } from '../support/plans/runs';
import { useStage } from '../support/stage';
import { play } from './randomPlay';
import { scene } from './randomScene';

const stage = useStage();

it("tells of every address what Zoho's registry holds, whatever happens on the way", async () => {
	const property = fc.asyncProperty(scene, async (given) => await play(stage, given));
	await fc.assert(property, { numRuns: numRuns / 5 });
});
