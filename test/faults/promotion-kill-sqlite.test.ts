// @module-tag long
import { describeSqlite } from '../support/stores.ts';
import { testPromotionKills } from './promotion-kill.ts';

describeSqlite('a server that is killed during promotions', testPromotionKills);
