//@todo 1
        light = self.spawn(lamp{});
//@end
