//go:build !noasm

#include "textflag.h"

// gatherGeneric in plain Go defines what this does. It copies 8 numbers at a time, of which
// the next ones overwrite those that are too many.

// func gatherAVX2(list []int32, n int, ends []int, runs []Run)
TEXT ·gatherAVX2(SB), NOSPLIT, $0-80
	MOVQ list_base+0(FP), DI
	MOVQ n+24(FP), AX
	LEAQ (DI)(AX*4), AX     // where the next number goes
	MOVQ ends_base+32(FP), SI
	MOVQ ends_len+40(FP), CX
	MOVQ runs_base+56(FP), R8
	MOVQ runs_len+64(FP), R9
	IMULQ $48, R9
	ADDQ R8, R9             // end of runs
	XORQ DX, DX             // step
gatherStep:
	CMPQ DX, CX
	JGE  gathered
	MOVQ R8, R10            // run
	CMPQ R10, R9
	JGE  gatherEnd
gatherRun:
	MOVQ 24(R10), R11       // Begins
	MOVQ 0(R10), R12        // List
	ADDQ $48, R10
	MOVLQSX (R11)(DX*4), BX
	MOVLQSX 4(R11)(DX*4), R13
	LEAQ (R12)(BX*4), BX    // from
	LEAQ (R12)(R13*4), R13  // to
	SUBQ BX, R13            // bytes
	VMOVDQU (BX), Y0
	VMOVDQU Y0, (AX)
	CMPQ R13, $32
	JGT  gatherMore
	ADDQ R13, AX
	CMPQ R10, R9
	JLT  gatherRun
gatherEnd:
	MOVQ AX, R11
	SUBQ DI, R11
	SHRQ $2, R11
	MOVQ R11, (SI)(DX*8)
	INCQ DX
	JMP  gatherStep
gatherMore:
	MOVQ $32, R11
gatherNext:
	VMOVDQU (BX)(R11*1), Y0
	VMOVDQU Y0, (AX)(R11*1)
	ADDQ $32, R11
	CMPQ R11, R13
	JLT  gatherNext
	ADDQ R13, AX
	CMPQ R10, R9
	JLT  gatherRun
	JMP  gatherEnd
gathered:
	VZEROUPPER
	RET
