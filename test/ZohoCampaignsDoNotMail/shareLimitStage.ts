/** Several n8n processes that share one limit by a Data Table, each with memory of its own. */
import type { IDataObject, INodeParameters } from 'n8n-workflow';
import { hasDataTables } from '../engine';
import { DataTables } from '../engine/dataTables';
import { startFakeZoho, type FakeZoho } from '../fake-zoho';
import { stageOf, type Stage } from '../support/stage';
import { addresses } from './limitStage';

export class SharedLimit {
	zoho!: FakeZoho;
	dataTables!: DataTables;
	token!: IDataObject;
	private accounts = 0;

	/** An account that nobody has used, and an n8n without tables. */
	async start(): Promise<void> {
		this.accounts++;
		this.dataTables = new DataTables();
		this.zoho = await startFakeZoho();
		this.zoho.campaigns.limit = { calls: 10, windowMs: 1_200, lockMs: 60_000, kind: 'rolling' };
		this.token = { ...this.zoho.oauth.issue() };
	}

	get credentialId(): string {
		return `shared-${this.accounts}`;
	}

	/** Another n8n process: everything that it has in memory is its own. */
	async startProcess(tables: DataTables | 'none' = this.dataTables): Promise<Stage> {
		jest.resetModules();
		const { createEngine } = jest.requireActual<typeof import('../engine')>('../engine');
		const engine = await createEngine(tables === 'none' ? {} : { dataTables: tables });
		const stage = stageOf(engine, this.zoho);
		stage.connect({ oauthTokenData: this.token }, this.credentialId);
		return stage;
	}

	run(stage: Stage, items: IDataObject[], options: INodeParameters = {}) {
		return stage.run('zohoCampaignsDoNotMail', items, {
			credentialId: this.credentialId,
			options: { shareLimit: 'instance', callsPerWindow: 10, windowMinutes: 0.02, ...options },
		});
	}
}

/** A shared limit for the tests of a file, begun anew before each. */
export function useSharedLimit(): SharedLimit {
	const shared = new SharedLimit();
	beforeEach(async () => await shared.start());
	afterEach(async () => await shared.zoho.stop());
	return shared;
}

export const list = (name: string, count: number) =>
	addresses(count).map(({ email }) => ({ email: `${name}.${email}` }));

/** n8n has had the Data Tables that it takes since 2.3. */
export const withDataTables = hasDataTables ? describe : describe.skip;
export const testWithDataTables = hasDataTables ? test : test.skip;
