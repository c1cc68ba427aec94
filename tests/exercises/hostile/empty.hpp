// told: doubled.hpp, the file is empty
