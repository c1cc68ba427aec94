// The second chapter has the number of the first.
#pragma once
