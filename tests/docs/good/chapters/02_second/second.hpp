// Nothing yet.
#pragma once

namespace half {}
