// Start here.
//
// to write: what registry is, its smallest example, and in which order to read the other headers of the chapter
#pragma once
