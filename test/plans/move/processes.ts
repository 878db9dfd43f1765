/** The n8n processes of a scene, and the table in which they tell each other of their calls. */
import type { RunBudget } from '../../../nodes/limit/sharedBudget';
import { SharedBudget } from '../../../nodes/limit/sharedBudget';
import type { Result, Trip } from '../../../nodes/limit/leaseTable';
import { MemoryTable } from '../../support/memoryTable';
import type { FakeClock } from '../clock';
import type { Sharing } from './scene';

export class Processes {
	private readonly table = new MemoryTable();
	private readonly budgets = new Map<number, SharedBudget>();
	private asked = 0;

	constructor(
		private readonly clock: FakeClock,
		private readonly sharing: Sharing,
		private readonly random: () => number,
	) {}

	/** What a run asks for its calls. */
	budgetOf(run: number, timeoutMs: number): RunBudget {
		const { processes } = this.sharing;
		const process = processes[run % processes.length]!;
		const { now, sleep } = this.clock;
		const known = this.budgets.get(process);
		const name = `process ${process}`;
		const budget = known ?? new SharedBudget({ name, now, sleep, random: this.random });
		this.budgets.set(process, budget);
		return budget.forRun(async (trip, holder) => await this.do(trip, holder), timeoutMs);
	}

	/** Half the time goes by before it is done, half of it after. */
	private async do(trip: Trip, holder: string): Promise<Result> {
		const { storeMs, failures } = this.sharing;
		const index = this.asked++;
		const ms = storeMs[index % storeMs.length]!;
		await this.clock.sleep(ms / 2);
		this.table.now = Math.floor(this.clock.now());
		const result = await this.table.do(trip, holder);
		await this.clock.sleep(ms / 2);
		// It has done its work, and nobody hears of it.
		if (failures[index]) throw new Error('the table failed');
		return result;
	}
}
