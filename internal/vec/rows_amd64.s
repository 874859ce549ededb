//go:build !noasm

#include "textflag.h"

// sumRowsGeneric in plain Go defines what this does. Operands are in Go's order: the destination is
// last, and the second term of a difference or comparison comes first.

// func sumRowsAVX2(u []float32, stride int, w []float32, rows, width int, ids []int32, from, to []int, blocks int, more bool)
//
// The sum of a step stays in registers while its rows are added.
TEXT ·sumRowsAVX2(SB), NOSPLIT, $8-153
	MOVQ  stride+24(FP), BX
	SHLQ  $2, BX                 // bytes
	MOVQ  w_base+32(FP), SI
	MOVQ  width+64(FP), R8
	MOVQ  ids_base+72(FP), R9
	MOVBLZX more+152(FP), R13
	MOVQ  u_base+0(FP), DI
	MOVQ  DI, column-8(SP)       // where the columns of the block begin in u
block:
	MOVQ  from_base+96(FP), R10
	MOVQ  from_len+104(FP), R11
	MOVQ  to_base+120(FP), R12
	LEAQ  (R10)(R11*8), R11      // end of from
	CMPQ  R8, $32
	JEQ   step32
	JLT   step16

step64:
	CMPQ  R10, R11
	JGE   summed
	MOVQ  (R10), AX
	MOVQ  (R12), CX
	LEAQ  (R9)(AX*4), AX         // next id
	LEAQ  (R9)(CX*4), CX         // end of ids
	ADDQ  $8, R10
	ADDQ  $8, R12
	TESTL R13, R13
	JNE   load64
	VXORPS Y0, Y0, Y0
	VXORPS Y1, Y1, Y1
	VXORPS Y2, Y2, Y2
	VXORPS Y3, Y3, Y3
	VXORPS Y4, Y4, Y4
	VXORPS Y5, Y5, Y5
	VXORPS Y6, Y6, Y6
	VXORPS Y7, Y7, Y7
	JMP   begin64
load64:
	VMOVUPS (DI), Y0
	VMOVUPS 32(DI), Y1
	VMOVUPS 64(DI), Y2
	VMOVUPS 96(DI), Y3
	VMOVUPS 128(DI), Y4
	VMOVUPS 160(DI), Y5
	VMOVUPS 192(DI), Y6
	VMOVUPS 224(DI), Y7
begin64:
	CMPQ  AX, CX
	JGE   store64
	PCALIGN $32
rows64:
	MOVLQSX (AX), DX
	ADDQ  $4, AX
	SHLQ  $8, DX
	ADDQ  SI, DX
	VADDPS (DX), Y0, Y0
	VADDPS 32(DX), Y1, Y1
	VADDPS 64(DX), Y2, Y2
	VADDPS 96(DX), Y3, Y3
	VADDPS 128(DX), Y4, Y4
	VADDPS 160(DX), Y5, Y5
	VADDPS 192(DX), Y6, Y6
	VADDPS 224(DX), Y7, Y7
	CMPQ  AX, CX
	JLT   rows64
store64:
	VMOVUPS Y0, (DI)
	VMOVUPS Y1, 32(DI)
	VMOVUPS Y2, 64(DI)
	VMOVUPS Y3, 96(DI)
	VMOVUPS Y4, 128(DI)
	VMOVUPS Y5, 160(DI)
	VMOVUPS Y6, 192(DI)
	VMOVUPS Y7, 224(DI)
	ADDQ  BX, DI
	JMP   step64

step32:
	CMPQ  R10, R11
	JGE   summed
	MOVQ  (R10), AX
	MOVQ  (R12), CX
	LEAQ  (R9)(AX*4), AX         // next id
	LEAQ  (R9)(CX*4), CX         // end of ids
	ADDQ  $8, R10
	ADDQ  $8, R12
	TESTL R13, R13
	JNE   load32
	VXORPS Y0, Y0, Y0
	VXORPS Y1, Y1, Y1
	VXORPS Y2, Y2, Y2
	VXORPS Y3, Y3, Y3
	JMP   begin32
load32:
	VMOVUPS (DI), Y0
	VMOVUPS 32(DI), Y1
	VMOVUPS 64(DI), Y2
	VMOVUPS 96(DI), Y3
begin32:
	CMPQ  AX, CX
	JGE   store32
	PCALIGN $32
rows32:
	MOVLQSX (AX), DX
	ADDQ  $4, AX
	SHLQ  $7, DX
	ADDQ  SI, DX
	VADDPS (DX), Y0, Y0
	VADDPS 32(DX), Y1, Y1
	VADDPS 64(DX), Y2, Y2
	VADDPS 96(DX), Y3, Y3
	CMPQ  AX, CX
	JLT   rows32
store32:
	VMOVUPS Y0, (DI)
	VMOVUPS Y1, 32(DI)
	VMOVUPS Y2, 64(DI)
	VMOVUPS Y3, 96(DI)
	ADDQ  BX, DI
	JMP   step32

step16:
	CMPQ  R10, R11
	JGE   summed
	MOVQ  (R10), AX
	MOVQ  (R12), CX
	LEAQ  (R9)(AX*4), AX         // next id
	LEAQ  (R9)(CX*4), CX         // end of ids
	ADDQ  $8, R10
	ADDQ  $8, R12
	TESTL R13, R13
	JNE   load16
	VXORPS Y0, Y0, Y0
	VXORPS Y1, Y1, Y1
	JMP   begin16
load16:
	VMOVUPS (DI), Y0
	VMOVUPS 32(DI), Y1
begin16:
	CMPQ  AX, CX
	JGE   store16
	PCALIGN $32
rows16:
	MOVLQSX (AX), DX
	ADDQ  $4, AX
	SHLQ  $6, DX
	ADDQ  SI, DX
	VADDPS (DX), Y0, Y0
	VADDPS 32(DX), Y1, Y1
	CMPQ  AX, CX
	JLT   rows16
store16:
	VMOVUPS Y0, (DI)
	VMOVUPS Y1, 32(DI)
	ADDQ  BX, DI
	JMP   step16

summed:
	DECQ  blocks+144(FP)
	JEQ   summedAll
	MOVQ  column-8(SP), DI
	LEAQ  (DI)(R8*4), DI
	MOVQ  DI, column-8(SP)
	MOVQ  rows+56(FP), AX
	IMULQ R8, AX
	LEAQ  (SI)(AX*4), SI
	JMP   block
summedAll:
	VZEROUPPER
	RET

// func sumScaledAVX2(u, w, s []float32)
TEXT ·sumScaledAVX2(SB), NOSPLIT, $0-72
	MOVQ u_base+0(FP), DI
	MOVQ w_base+24(FP), SI
	MOVQ s_base+48(FP), R8
	MOVQ s_len+56(FP), R9
	LEAQ (R8)(R9*4), R9          // end of s
	VXORPS Y0, Y0, Y0
	VXORPS Y1, Y1, Y1
	VXORPS Y2, Y2, Y2
	VXORPS Y3, Y3, Y3
	VXORPS Y4, Y4, Y4
	VXORPS Y5, Y5, Y5
	VXORPS Y6, Y6, Y6
	VXORPS Y7, Y7, Y7
scaled:
	CMPQ R8, R9
	JGE  scaledDone
	MOVL (R8), AX
	ADDL AX, AX                  // zero for ±0, in which only the sign may be set
	JEQ  scaledNext
	VBROADCASTSS (R8), Y8
	VMULPS (SI), Y8, Y9
	VADDPS Y9, Y0, Y0
	VMULPS 32(SI), Y8, Y10
	VADDPS Y10, Y1, Y1
	VMULPS 64(SI), Y8, Y11
	VADDPS Y11, Y2, Y2
	VMULPS 96(SI), Y8, Y12
	VADDPS Y12, Y3, Y3
	VMULPS 128(SI), Y8, Y13
	VADDPS Y13, Y4, Y4
	VMULPS 160(SI), Y8, Y14
	VADDPS Y14, Y5, Y5
	VMULPS 192(SI), Y8, Y15
	VADDPS Y15, Y6, Y6
	VMULPS 224(SI), Y8, Y9
	VADDPS Y9, Y7, Y7
scaledNext:
	ADDQ $4, R8
	ADDQ $256, SI
	JMP  scaled
scaledDone:
	VMOVUPS Y0, (DI)
	VMOVUPS Y1, 32(DI)
	VMOVUPS Y2, 64(DI)
	VMOVUPS Y3, 96(DI)
	VMOVUPS Y4, 128(DI)
	VMOVUPS Y5, 160(DI)
	VMOVUPS Y6, 192(DI)
	VMOVUPS Y7, 224(DI)
	VZEROUPPER
	RET
