// The system calls, as the kernel has them (docs/abi.md §5). `index.ts` has what plugins use.

@external("portcullis", "cap_retain")
export declare function cap_retain(cap: u32): u32;
@external("portcullis", "cap_release")
export declare function cap_release(cap: u32): u32;
@external("portcullis", "cap_revoke")
export declare function cap_revoke(cap: u32): u32;
@external("portcullis", "cap_derive")
export declare function cap_derive(cap: u32, rights: u32): u32;
@external("portcullis", "cap_class")
export declare function cap_class(cap: u32): u32;
@external("portcullis", "cap_rights")
export declare function cap_rights(cap: u32): u32;
@external("portcullis", "cap_same")
export declare function cap_same(left: u32, right: u32): u32;
@external("portcullis", "handle_create")
export declare function handle_create(badge: usize, classNumber: u32): u32;
@external("portcullis", "handle_badge")
export declare function handle_badge(cap: u32, classNumber: u32): usize;
@external("portcullis", "fault")
export declare function fault(address: usize, length: usize): void;
@external("portcullis", "msg_create")
export declare function msg_create(data: usize, size: usize, caps: usize, count: u32, reply: usize, room: usize, replyCaps: usize, places: u32): u32;
@external("portcullis", "msg_recv")
export declare function msg_recv(message: u32, data: usize, size: usize, caps: usize, count: u32): u32;
@external("portcullis", "msg_reply")
export declare function msg_reply(message: u32, data: usize, size: usize, caps: usize, count: u32): u32;
@external("portcullis", "msg_info")
export declare function msg_info(message: u32, what: u32): u32;
@external("portcullis", "msg_free")
export declare function msg_free(message: u32): u32;
@external("portcullis", "lease_create")
export declare function lease_create(address: usize, size: usize, rights: u32): u32;
@external("portcullis", "lease_narrow")
export declare function lease_narrow(lease: u32, offset: usize, size: usize, rights: u32): u32;
@external("portcullis", "lease_read")
export declare function lease_read(lease: u32, offset: usize, address: usize, size: usize): u32;
@external("portcullis", "lease_write")
export declare function lease_write(lease: u32, offset: usize, address: usize, size: usize): u32;
@external("portcullis", "lease_len")
export declare function lease_len(lease: u32): usize;
@external("portcullis", "lease_written")
export declare function lease_written(lease: u32): usize;
