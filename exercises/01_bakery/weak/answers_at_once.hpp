//@todo 1
        caller.reply("a cake for " + o.name);
//@end
//@todo 2

//@end
