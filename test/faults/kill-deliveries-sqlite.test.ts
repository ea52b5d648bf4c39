// @module-tag long
import { describeSqlite } from '../support/stores.ts';
import { testKilledDeliveries } from './kill-deliveries.ts';

describeSqlite('kill -9 while events are delivered', testKilledDeliveries);
