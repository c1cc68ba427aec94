// How high is the climber? The program is in README.md.
#pragma once

//@todo 1 she climbs without a rope, and slips: how many metres up is the next life?
inline const int without_a_rope = 100;
//@instead
// inline const int without_a_rope = 150;
//@end

//@todo 2 she has a rope, and a hook at every third step, and slips: how many metres up is the next life?
inline const int with_a_rope = 130;
//@instead
// inline const int with_a_rope = 150;
//@end

//@todo 3 the power fails, and the program is started again: how many metres up is she?
inline const int after_a_power_cut = 130;
//@instead
// inline const int after_a_power_cut = 100;
//@end

//@todo 4 the program is stopped in order, and started again: how many metres up is she?
inline const int after_an_orderly_stop = 150;
//@instead
// inline const int after_an_orderly_stop = 130;
//@end
