// The second chapter is there, and has no lesson yet.
#pragma once
