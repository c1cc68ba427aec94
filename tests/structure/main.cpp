// structure_check ROOT PARTS: walks the tree below ROOT and complains about every arrow that points up, every heavy
// library in a header, every chapter without the parts that the file PARTS lists, and every one without exercises.
// Ends with 0 (in order), 1 (faults) or 2 (usage).
#include "rules.hpp"

#include <algorithm>
#include <iostream>

int main(int argc, char** argv) {
    namespace fs = std::filesystem;
    if (argc != 3 || !fs::is_directory(fs::path{argv[1]} / "chapters") || !fs::is_regular_file(argv[2])) {
        std::cerr << "usage: structure_check ROOT PARTS (ROOT has a folder chapters, PARTS is a file)\n";
        return 2;
    }
    const fs::path root = argv[1];

    structure::complaints all;
    for (auto& found : {structure::includes_point_down(root), structure::links_point_down(root),
                        structure::public_headers_stay_light(root), structure::chapters_are_complete(root, argv[2]),
                        structure::chapters_are_practised(root), structure::nothing_is_left_to_write(root)}) {
        all.insert(all.end(), found.begin(), found.end());
    }
    for (const auto& [where, what, to_do] : all) std::cout << where << ": " << what << "\n    to do: " << to_do << "\n";

    const auto count = structure::chapters_of(root).size();
    if (all.empty()) {
        std::cout << count << " chapters, all in order\n";
        return 0;
    }
    std::cout << "\n" << all.size() << (all.size() == 1 ? " fault" : " faults") << " in " << count << " chapters\n";
    return 1;
}
