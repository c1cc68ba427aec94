// Start here.
//
// to write: what supervisor is, its smallest example, and in which order to read the other headers of the chapter
#pragma once
