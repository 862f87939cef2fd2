// Whether a comparison has a row for each run and a column for each value: kept from one start to the next.
import { KeptSwitch } from '../kept-switch.svelte';

export const runsAsRows = new KeptSwitch('compare/runs-as-rows', false);
