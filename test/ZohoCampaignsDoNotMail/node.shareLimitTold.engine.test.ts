/** What a run tells the other processes, in an n8n of one process: nothing here waits for a window. */
import { createEngine } from '../engine';
import { DataTables } from '../engine/dataTables';
import { startFakeZoho } from '../fake-zoho';
import { stageOf } from '../support/stage';
import { list, testWithDataTables } from './shareLimitStage';

testWithDataTables('All Processes tells them of the calls that a run has made', async () => {
	const dataTables = new DataTables();
	const stage = stageOf(await createEngine({ dataTables }), await startFakeZoho());
	stage.connect();
	const { main } = await stage.run('zohoCampaignsDoNotMail', list('one', 3), {
		options: { shareLimit: 'instance' },
	});
	await stage.stop();
	const rows = dataTables.tables.flatMap((table) => table.rows);

	expect(main).toHaveLength(3);
	expect(rows.map(({ state }) => state)).toEqual(rows.map(() => 'closed'));
	expect(rows.reduce((sum, { calls }) => sum + Number(calls), 0)).toBe(3);
});
