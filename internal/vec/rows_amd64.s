//go:build !noasm

#include "textflag.h"

// sumRowsGeneric in plain Go defines what this does. Operands are in Go's order: the destination is
// last, and the second term of a difference or comparison comes first.

// ALL16, ALL32 and ALL64 do something to as many columns, 16 at a time: those that are AT bytes
// from the first, with sums in A and B.
#define ALL16(DO) DO(0, Y0, Y1)
#define ALL32(DO) ALL16(DO); DO(64, Y2, Y3)
#define ALL64(DO) ALL32(DO); DO(128, Y4, Y5); DO(192, Y6, Y7)

#define ZERO(AT, A, B) VXORPS A, A, A; VXORPS B, B, B
#define LOAD(AT, A, B) VMOVUPS AT(DI), A; VMOVUPS AT+32(DI), B
#define ADD(AT, A, B) VADDPS AT(DX), A, A; VADDPS AT+32(DX), B, B
#define STORE(AT, A, B) VMOVUPS A, AT(DI); VMOVUPS B, AT+32(DI)

// STEPS adds up the rows of all steps for the columns of ALL, of which a row has 1<<SHIFT bytes. The
// other parameters are labels. AX is the next id of the step, CX the end of its ids.
#define STEPS(ALL, SHIFT, step, load, begin, rows, store) \
step:                              \
	CMPQ  R10, R11                 \
	JGE   summed                   \
	MOVQ  (R10), AX                \
	MOVQ  (R12), CX                \
	LEAQ  (R9)(AX*4), AX           \
	LEAQ  (R9)(CX*4), CX           \
	ADDQ  $8, R10                  \
	ADDQ  $8, R12                  \
	TESTL R13, R13                 \
	JNE   load                     \
	ALL(ZERO)                      \
	JMP   begin                    \
load:                              \
	ALL(LOAD)                      \
begin:                             \
	CMPQ  AX, CX                   \
	JGE   store                    \
	PCALIGN $32                    \
rows:                              \
	MOVLQSX (AX), DX               \
	ADDQ  $4, AX                   \
	SHLQ  SHIFT, DX                \
	ADDQ  SI, DX                   \
	ALL(ADD)                       \
	CMPQ  AX, CX                   \
	JLT   rows                     \
store:                             \
	ALL(STORE)                     \
	ADDQ  BX, DI                   \
	JMP   step

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

	STEPS(ALL64, $8, step64, load64, begin64, rows64, store64)
	STEPS(ALL32, $7, step32, load32, begin32, rows32, store32)
	STEPS(ALL16, $6, step16, load16, begin16, rows16, store16)

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

#define ADDSCALED(AT, A, B) \
	VMULPS AT(SI), Y8, Y9     \
	VMULPS AT+32(SI), Y8, Y10 \
	VADDPS Y9, A, A           \
	VADDPS Y10, B, B

// func sumScaledAVX2(u, w, s []float32)
TEXT ·sumScaledAVX2(SB), NOSPLIT, $0-72
	MOVQ u_base+0(FP), DI
	MOVQ w_base+24(FP), SI
	MOVQ s_base+48(FP), R8
	MOVQ s_len+56(FP), R9
	LEAQ (R8)(R9*4), R9          // end of s
	ALL64(ZERO)
scaled:
	CMPQ R8, R9
	JGE  scaledDone
	MOVL (R8), AX
	ADDL AX, AX                  // zero for ±0, in which only the sign may be set
	JEQ  scaledNext
	VBROADCASTSS (R8), Y8
	ALL64(ADDSCALED)
scaledNext:
	ADDQ $4, R8
	ADDQ $256, SI
	JMP  scaled
scaledDone:
	ALL64(STORE)
	VZEROUPPER
	RET
