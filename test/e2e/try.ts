/** `npm run check -- try`: the real editor with both nodes in it, to play with. */
import { openPlayground } from './playground';

void openPlayground();
