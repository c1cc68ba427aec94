// What the programs on CAF share: their words, and the pet.
#pragma once

#include "../../measure.hpp"

#include <caf/all.hpp>

using namespace caf;
using std::chrono::milliseconds;
using std::chrono::seconds;

using add_a   = atom_constant<atom("add")>;
using arm_a   = atom_constant<atom("arm")>;
using get_a   = atom_constant<atom("get")>;
using go_a    = atom_constant<atom("go")>;
using hop_a   = atom_constant<atom("hop")>;
using more_a  = atom_constant<atom("more")>;
using next_a  = atom_constant<atom("next")>;
using seen_a  = atom_constant<atom("seen")>;
using start_a = atom_constant<atom("start")>;

struct pet_state {
    std::string name;
    int32_t     hunger = 50, happy = 50, energy = 50, age = 0;
    bool        alive  = true;
    int64_t     due_ns = 0;
};

// Tells its parent when it is there.
behavior pet(stateful_actor<pet_state>* self, std::string name, const actor& parent);

// Starts again what goes down: (start, name, asker). The asker hears of each life from the pet itself.
actor start_supervisor(actor_system& system);

void run_restart(actor_system& system);
void run_storm(actor_system& system);
void run_registry(actor_system& system);
void run_pubsub(actor_system& system);
