/** The n8n processes of a scene, and the table in which they tell each other of their calls. */
import { Budget } from '../../../../nodes/limit/budget';
import { Leases } from '../../../../nodes/limit/leases';
import type { Row, Trip } from '../../../../nodes/limit/leaseTable';
import type { Limits } from '../../../../nodes/limit/slot';
import { MemoryTable } from '../../memoryTable';
import type { FakeClock } from '../../clock';
import type { Sharing } from './scene';

export class Processes {
	private readonly table = new MemoryTable();
	private readonly leases = new Map<number, Leases>();
	private asked = 0;

	constructor(
		private readonly clock: FakeClock,
		private readonly sharing: Sharing,
		private readonly random: () => number,
	) {}

	/** What a run asks for its calls. */
	budgetOf(run: number, limits: Limits): Budget {
		const { processes } = this.sharing;
		const process = processes[run % processes.length]!;
		const { now, sleep } = this.clock;
		const known = this.leases.get(process);
		const leases = known ?? new Leases({ now, sleep, random: this.random }, `process${process}`);
		this.leases.set(process, leases);
		return new Budget(leases, limits, now(), async (trip) => await this.visit(trip));
	}

	/** Half the time goes by before it is done, half of it after. */
	private async visit(trip: Trip): Promise<readonly Row[]> {
		const { storeMs, failures } = this.sharing;
		const index = this.asked++;
		const ms = storeMs[index % storeMs.length]!;
		await this.clock.sleep(ms / 2);
		this.table.now = Math.floor(this.clock.now());
		const rows = await this.table.visit(trip);
		await this.clock.sleep(ms / 2);
		// It has done its work, and nobody hears of it.
		if (failures[index]) throw new Error('the table failed');
		return rows;
	}
}
