#pragma once

namespace half::detail {

// Asked by a handler that the watchdog has left behind while it was stuck: its process is dead, and the next life may have
// begun. What such a handler still keeps is older than what is kept.
bool left_behind() noexcept;

}  // namespace half::detail
