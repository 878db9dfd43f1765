/**
 * fast-check with the one seed of the whole run of jest, which jest prints at its end:
 * `npx jest --seed=… file` plays it again.
 */
import fc from 'fast-check';

fc.configureGlobal({ seed: jest.getSeed() });

export { fc };
